"""The lake's tables over a local copy of the bucket, made from the schema that Glue gets."""

from pathlib import Path

from headwater.lake.schema import TABLES, Table

_DUCKDB_TYPES = {"string": "VARCHAR", "timestamp": "TIMESTAMP", "boolean": "BOOLEAN"}


def table_statements(directory: Path) -> list[str]:
    """Return the DuckDB views that stand for the Glue tables, over the files there are now."""
    return [_statement(table, directory) for table in TABLES]


def _statement(table: Table, directory: Path) -> str:
    columns = [(name, _DUCKDB_TYPES[kind]) for name, kind in table.columns]
    columns += [(name, "VARCHAR") for name in table.partitions]
    # An empty relation of the declared types: with it, a table without files answers, and a file that
    # was written before a column existed gives NULL for it, as Athena's reader by name does.
    declared = ", ".join(f'CAST(NULL AS {kind}) AS "{name}"' for name, kind in columns)
    names = ", ".join(f'"{name}"' for name, _ in columns)
    empty = f"SELECT {declared} WHERE false"
    files = sorted(directory.joinpath(table.prefix).rglob("*.*"))
    if not files:
        return f'CREATE OR REPLACE VIEW "{table.name}" AS {empty}'
    return (
        f'CREATE OR REPLACE VIEW "{table.name}" AS SELECT {names} FROM'
        f" ({empty} UNION ALL BY NAME SELECT {names if table.storage == 'lines' else '*'}"
        f" FROM {_reader(table, directory)})"
    )


def _reader(table: Table, directory: Path) -> str:
    depth = "/".join("*" for _ in table.partitions)
    hive = ", ".join(f"'{name}': 'VARCHAR'" for name in table.partitions)
    partitions = f"hive_partitioning = true, hive_types = {{{hive}}}"
    if table.storage == "parquet":
        glob = directory / table.prefix / depth / "*.parquet"
        return f"read_parquet('{glob}', union_by_name = true, {partitions})"
    glob = directory / table.prefix / depth / "*.gz"
    # JSON never holds a raw control character, so this delimiter makes one column of a whole line.
    return (
        f"read_csv('{glob}', columns = {{'line': 'VARCHAR'}}, delim = '\x1f', quote = '',"
        f" escape = '', header = false, auto_detect = false, null_padding = true,"
        f" max_line_size = 16777216, compression = 'gzip', {partitions})"
    )
