"""A list's elements beside its row, in the way through which DuckDB still prunes files.

DuckDB passes no filter through a join with UNNEST, and so reads every file of a view that has one; Athena
does. UNNEST among the columns of a subquery makes the same rows, and filters pass it.
"""

from sqlglot import exp


def in_the_columns(select: exp.Select) -> exp.Select:
    """Return `FROM a CROSS JOIN UNNEST(list) AS t(x)` with the list unnested in a subquery of `a`.

    Any other shape, and one in which it could mean something else, comes back as it is.
    """
    source, joins = select.args.get("from_"), select.args.get("joins") or []
    table = source.this if source is not None else None
    if not isinstance(table, exp.Table) or len(joins) != 1:
        return select
    (join,) = joins
    unnest = join.this
    if not isinstance(unnest, exp.Unnest) or join.args.get("on") or unnest.args.get("offset"):
        return select
    alias = unnest.args.get("alias")
    if alias is None or len(alias.columns) != 1 or len(unnest.expressions) != 1:
        return select
    element, of = alias.columns[0].name, alias.name
    own = f"{of}_{element}"
    columns = list(select.find_all(exp.Column))
    # A star would show the new column, and a name without its table may be either's.
    if select.is_star or any(
        not column.table and column.name in (element, own) for column in columns
    ):
        return select
    name = table.alias_or_name
    for column in columns:
        if column.table == of and column.name == element:
            moved = exp.column(own, table=name)
            # What stood there without an alias keeps its name in the answer.
            column.replace(exp.alias_(moved, element) if column.parent is select else moved)
    listed = exp.alias_(
        exp.Anonymous(this="UNNEST", expressions=[unnest.expressions[0].copy()]), own
    )
    star = exp.Column(this=exp.Star(), table=exp.to_identifier(name))
    inner = exp.Select(expressions=[star, listed]).from_(table.copy())
    select.set("from_", exp.From(this=inner.subquery(name)))
    select.set("joins", None)
    return select
