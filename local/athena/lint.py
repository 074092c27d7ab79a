"""The portable subset: what Athena would refuse, or answer otherwise than DuckDB, is an error here.

Types come from the Glue schema, carried through the views, so that a comparison Athena would refuse is
seen without running anything.
"""

from collections.abc import Callable, Iterator
from functools import cache

import sqlglot
from headwater.lake.schema import TABLES
from headwater.lake.views import View, views
from sqlglot import TokenType, exp
from sqlglot.dialects.athena import Athena
from sqlglot.errors import OptimizeError
from sqlglot.optimizer.annotate_types import annotate_types
from sqlglot.optimizer.qualify import qualify
from sqlglot.optimizer.scope import traverse_scope
from sqlglot.schema import MappingSchema

_TEXT = exp.DataType.TEXT_TYPES
_NUMBER = exp.DataType.NUMERIC_TYPES
_TIME = exp.DataType.TEMPORAL_TYPES
_WHOLE = exp.DataType.INTEGER_TYPES


class LintError(Exception):
    """The SQL leaves the subset that Athena and this machine answer alike; the message says where."""


def check(sql: str, made: tuple[View, ...] | None = None) -> None:
    """Raise `LintError` with every fault of the statements, or return.

    `made`: the views there are, those of a tracking plan too; by default those of every lake.
    """
    schema = _schema(made or views())
    faults = [
        "value::type: Athena has none; write CAST(value AS type)"
        for token in Athena().tokenize(sql)
        if token.token_type == TokenType.DCOLON
    ]
    for statement in sqlglot.parse(sql, read="athena"):
        faults += _faults(statement, schema)
    if faults:
        raise LintError("\n".join(faults))


def _faults(statement: exp.Expr | None, schema: MappingSchema) -> Iterator[str]:
    if statement is None:
        return
    query = statement.expression if isinstance(statement, exp.Create) else statement
    if not isinstance(query, exp.Query):
        yield f"only queries are answered here, not {statement.key.upper()}"
        return
    yield from _grammar(query)
    yield from _groups(query)
    try:
        typed = _typed(query, schema)
    except OptimizeError as error:
        yield str(error)
        return
    yield from _tables(typed, schema)
    for rule in _TYPE_RULES:
        yield from rule(typed)


def _grammar(query: exp.Expr) -> Iterator[str]:
    """Name what Athena lacks or what this machine cannot answer alike."""
    for node in query.walk():
        match node:
            case exp.MatchRecognize():
                yield "MATCH_RECOGNIZE: not in the portable subset; use window functions"
            case exp.Star() if node.args.get("except_") or node.args.get("replace"):
                yield "EXCLUDE and REPLACE: Athena has none; name the columns"
            case exp.Bracket() if not node.args.get("safe"):
                yield "array[n]: out of bounds is an error in Athena; use element_at"
            case exp.Unnest() if len(node.expressions) > 1:
                yield "UNNEST of several arrays: not in the portable subset; UNNEST one"
            case exp.ApproxDistinct():
                yield "approx_distinct: another estimate here; use count(DISTINCT …)"
            case exp.With() if node.args.get("recursive"):
                yield "WITH RECURSIVE: Athena stops at depth ten; not in the portable subset"
            case exp.Cast() if node.is_type("struct"):
                yield "CAST to ROW: not in the portable subset; use json_extract_scalar"


def _groups(query: exp.Expr) -> Iterator[str]:
    """Find GROUP BY of a name that only the SELECT list gives."""
    for select in query.find_all(exp.Select):
        group = select.args.get("group")
        if group is None:
            continue
        given = {
            item.alias
            for item in select.expressions
            if isinstance(item, exp.Alias) and item.alias not in _names_below(item)
        }
        for expression in group.expressions:
            if (
                isinstance(expression, exp.Column)
                and not expression.table
                and expression.name in given
            ):
                yield f"GROUP BY {expression.name}: an alias; Athena wants the expression or its number"


def _names_below(item: exp.Alias) -> set[str]:
    return {column.name for column in item.this.find_all(exp.Column)} if item.this else set()


def _tables(query: exp.Expr, schema: MappingSchema) -> Iterator[str]:
    """Find a table that neither the lake nor a WITH has."""
    for scope in traverse_scope(query):
        for source in scope.sources.values():
            if isinstance(source, exp.Table) and source.name not in schema.mapping:
                yield f"{source.name}: no such table or view"


def _comparisons(query: exp.Expr) -> Iterator[str]:
    for node in query.find_all(
        exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE, exp.Between, exp.In
    ):
        left = node.this
        others = (
            [node.args["low"], node.args["high"]]
            if isinstance(node, exp.Between)
            else node.expressions
            if isinstance(node, exp.In)
            else [node.expression]
        )
        for right in others:
            if _family(left) != _family(right) and None not in (_family(left), _family(right)):
                yield (
                    f"{node.sql('athena')}: compares {_family(left)} with {_family(right)};"
                    " Athena refuses it, cast one side"
                )


def _divisions(query: exp.Expr) -> Iterator[str]:
    for node in query.find_all(exp.Div):
        if node.left.is_type(*_WHOLE) and node.right.is_type(*_WHOLE):
            yield f"{node.sql('athena')}: Athena cuts whole numbers; cast one side to double"


_TYPE_RULES: tuple[Callable[[exp.Expr], Iterator[str]], ...] = (_comparisons, _divisions)


def _family(node: exp.Expr) -> str | None:
    kind = node.type.this if node.type else None
    if kind in _TEXT:
        return "text"
    if kind in _NUMBER:
        return "number"
    if kind in _TIME:
        return "time"
    return "boolean" if kind == exp.DataType.Type.BOOLEAN else None


def _typed(query: exp.Expr, schema: MappingSchema) -> exp.Expr:
    qualified = qualify(query.copy(), schema=schema, dialect="athena")
    return annotate_types(qualified, schema=schema, dialect="athena")


def _selects(query: exp.Expr) -> list[exp.Expr]:
    return query.selects if isinstance(query, exp.Query) else []


@cache
def _schema(made: tuple[View, ...]) -> MappingSchema:
    """Return the types of every table and, each from those before it, of every view."""
    schema = MappingSchema(dialect="athena")
    for table in TABLES:
        columns = dict(table.columns) | dict.fromkeys(table.partitions, "string")
        schema.add_table(table.name, columns)
    for view in made:
        query = _typed(sqlglot.parse_one(view.sql, read="athena").expression, schema)
        columns = {item.alias_or_name: str(item.type or "unknown") for item in _selects(query)}
        schema.add_table(view.name, columns)
    return schema
