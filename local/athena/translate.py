"""Athena's SQL, said in DuckDB's: sqlglot does the grammar, this file the differences it leaves silent.

Each rewrite below answers one row of `tests/unit/lake/test_semantics.py`, where Athena's documented
answer is compared with what comes out here.
"""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from functools import lru_cache
from typing import ClassVar

import sqlglot
from sqlglot import exp
from sqlglot.dialects.duckdb import DuckDB
from sqlglot.generators.duckdb import DuckDBGenerator
from sqlglot.optimizer.annotate_types import annotate_types

from local.athena.unnesting import in_the_columns

MACROS = r"""
CREATE OR REPLACE MACRO valid_json(j) AS CASE WHEN json_valid(j) THEN j END;
CREATE OR REPLACE MACRO athena_json_scalar(j, p) AS
  CASE WHEN json_type(valid_json(j), p) NOT IN ('OBJECT', 'ARRAY', 'NULL')
  THEN json_extract_string(valid_json(j), p) END;
CREATE OR REPLACE MACRO athena_json_extract(j, p) AS json_extract(valid_json(j), p);
CREATE OR REPLACE MACRO athena_json_format(j) AS CAST(j AS VARCHAR);
CREATE OR REPLACE MACRO athena_regexp_extract(s, p, g) AS
  CASE WHEN regexp_matches(s, p) THEN regexp_extract(s, p, g) END;
CREATE OR REPLACE MACRO athena_split_part(s, d, i) AS
  CASE WHEN i <= len(str_split(s, d)) THEN split_part(s, d, i) END;
CREATE OR REPLACE MACRO url_extract_parameter(u, k) AS
  CASE WHEN regexp_matches(u, '[?&]' || k || '(=|&|#|$)')
  THEN url_decode(regexp_extract(u, '[?&]' || k || '=([^&#]*)', 1)) END;
CREATE OR REPLACE MACRO url_extract_host(u) AS
  nullif(regexp_extract(u, '^[a-zA-Z][a-zA-Z0-9+.-]*://(?:[^/@?#]*@)?([^/:?#]+)', 1), '');
CREATE OR REPLACE MACRO url_extract_path(u) AS
  CASE WHEN regexp_matches(u, '^[a-zA-Z][a-zA-Z0-9+.-]*://')
  THEN regexp_extract(u, '^[a-zA-Z][a-zA-Z0-9+.-]*://[^/?#]*([^?#]*)', 1) END;
CREATE OR REPLACE MACRO to_iso8601(t) AS strftime(t, '%Y-%m-%dT%H:%M:%S.%g');
CREATE OR REPLACE MACRO arrays_overlap(a, b) AS list_has_any(a, b);
CREATE OR REPLACE MACRO json_size(j, p) AS
  CASE json_type(j, p) WHEN 'ARRAY' THEN json_array_length(j, p)
  WHEN 'OBJECT' THEN len(json_keys(j, p)) ELSE 0 END;
"""


class _Writer(DuckDBGenerator):
    """Writes DuckDB's SQL, with the functions whose meaning differs spelled as macros."""

    TRANSFORMS: ClassVar[dict[type[exp.Expr], Callable[..., str]]] = {
        **DuckDBGenerator.TRANSFORMS,
        # Complete units, as Trino counts them; DuckDB's date_diff counts boundaries crossed.
        exp.DateDiff: lambda self, e: self.func(
            "DATE_SUB", exp.Literal.string(e.args["unit"].name.lower()), e.expression, e.this
        ),
        # An object or broken JSON is NULL in Athena; DuckDB gives text or an error.
        exp.JSONExtractScalar: lambda self, e: self.func(
            "ATHENA_JSON_SCALAR", e.this, e.expression
        ),
        exp.JSONExtract: lambda self, e: self.func("ATHENA_JSON_EXTRACT", e.this, e.expression),
        exp.JSONFormat: lambda self, e: self.func("ATHENA_JSON_FORMAT", e.this),
        # Trino keeps a NULL that stands at the extreme; DuckDB's arg_max skips to the next.
        exp.ArgMax: lambda self, e: self.func("ARG_MAX_NULL", e.this, e.expression),
        exp.ArgMin: lambda self, e: self.func("ARG_MIN_NULL", e.this, e.expression),
    }


class _AthenaOnDuckDB(DuckDB):
    """DuckDB's dialect, written by the writer above."""

    generator_class = _Writer


@lru_cache(maxsize=256)
def translate(sql: str, *, now: datetime | None = None) -> tuple[str, ...]:
    """Return each statement of Athena SQL as DuckDB SQL; with `now`, time stands still at it.

    Raises `sqlglot.errors.ParseError` for what is not Athena's grammar.
    """
    return tuple(
        _rewritten(statement, now).sql(dialect=_AthenaOnDuckDB)
        for statement in sqlglot.parse(sql, read="athena")
        if statement is not None
    )


@lru_cache(maxsize=256)
def tables_read(sql: str) -> frozenset[str]:
    """Return the names, in lower case, of the tables and views that Athena SQL reads."""
    return frozenset(
        table.name.lower()
        for statement in sqlglot.parse(sql, read="athena")
        if statement is not None
        for table in statement.find_all(exp.Table)
    )


def _rewritten(statement: exp.Expr, now: datetime | None) -> exp.Expr:
    # From the leaves up, so that what is rewritten may stand inside what is rewritten.
    for node in reversed(list(annotate_types(statement).walk())):
        new = _rewrite(node, now)
        if new is not node:
            node.replace(new)
    return statement


def _rewrite(node: exp.Expr, now: datetime | None) -> exp.Expr:
    match node:
        case exp.RegexpReplace():
            replacement = node.args.get("replacement")
            if isinstance(replacement, exp.Literal):
                # Groups are $1 in Athena and \1 in DuckDB; and Athena replaces every match.
                replacement.set("this", re.sub(r"\$(\d)", r"\\\1", replacement.this))
            node.set("modifiers", exp.Literal.string("g"))
        case exp.RegexpExtract():
            group = node.args.get("group") or exp.Literal.number(0)
            return exp.func("athena_regexp_extract", node.this, node.expression, group)
        case exp.Select():
            return in_the_columns(node)
        case exp.SplitPart():
            return exp.func(
                "athena_split_part", node.this, node.args["delimiter"], node.args["part_index"]
            )
        case exp.DateAdd() | exp.Add() | exp.Sub() if node.this.is_type("date"):
            # A date and days make a date; DuckDB makes a timestamp of them.
            if node.find(exp.Interval) or isinstance(node, exp.DateAdd):
                return exp.cast(node.copy(), "date")
        case exp.CurrentTimestamp() if now is not None:
            moment = now.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f+00")
            return exp.cast(exp.Literal.string(moment), "timestamptz")
        case exp.CurrentDate() if now is not None:
            return exp.cast(exp.Literal.string(now.astimezone(UTC).strftime("%Y-%m-%d")), "date")
    return node
