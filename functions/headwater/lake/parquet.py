r"""Lines in, Parquet out: the compactor's work inside DuckDB, on local files only.

A slice is staged once, with every column of `record.COLUMNS` typed, so each line is parsed once. Values
mean what Athena's json_extract_scalar would give: an object where a scalar belongs is NULL. DuckDB
loads no extension: JSON and Parquet are linked into its wheel, and nothing is fetched at run time.
"""

import gzip
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from headwater.record import COLUMNS, Column

# JSON never holds a raw control character, so this delimiter makes one column of a whole line. An event
# is 32 KB at most (raisable per source): 16 MB is far above any line with its enrichment around it.
_LINES = r"""read_csv($lines, columns = {'line': 'VARCHAR'}, delim = '\x1f', quote = '', escape = '',
    header = false, auto_detect = false, null_padding = true, strict_mode = false,
    max_line_size = 16777216, compression = 'gzip')"""

# What every stored event has. A line without one of them is set aside, never guessed at.
_READABLE = " AND ".join(
    f"{name} IS NOT NULL"
    for name in ("message_id", "type", "source_id", "timestamp", "received_at")
)


@dataclass(frozen=True, slots=True)
class Staged:
    """A slice with its columns typed: how many lines are events, how many are not, on which dates."""

    rows: int
    unreadable: int
    dates: tuple[date, ...]  # on which its events were received, UTC


def connect(directory: Path, *, memory: str = "2GB") -> duckdb.DuckDBPyConnection:
    """Open DuckDB within a memory limit; what does not fit goes to files in the directory."""
    connection = duckdb.connect()
    connection.execute("SET TimeZone = 'UTC'")
    connection.execute("SET autoinstall_known_extensions = false")
    connection.execute("SET autoload_known_extensions = false")
    connection.execute(f"SET memory_limit = '{memory}'")
    connection.execute(f"SET temp_directory = '{directory / 'duckdb'}'")
    return connection


def stage(connection: duckdb.DuckDBPyConnection, lines: Sequence[Path], directory: Path) -> Staged:
    """Type every line of the slice into a local Parquet file, `staged` from here on."""
    path = directory / "staged.parquet"
    connection.execute(
        f"COPY (SELECT * EXCLUDE (line) FROM ({_typed_lines()}) WHERE {_READABLE})"
        f" TO '{path}' (FORMAT parquet, COMPRESSION zstd)",
        _parameters(lines),
    )
    connection.execute(
        "CREATE OR REPLACE TEMP VIEW staged AS"
        f" SELECT * FROM read_parquet('{path}', file_row_number = true)"
    )
    ((rows,),) = _rows(connection, "SELECT count(*) FROM staged")
    ((total,),) = _rows(
        connection,
        f"SELECT count(*) FROM {_LINES} WHERE line <> ''",
        {"lines": [str(file) for file in lines]},
    )
    days = _rows(connection, "SELECT DISTINCT CAST(received_at AS DATE) FROM staged ORDER BY 1")
    return Staged(rows, total - rows, tuple(day for (day,) in days))


def unreadable(connection: duckdb.DuckDBPyConnection, lines: Sequence[Path]) -> bytes:
    """Return the lines that are no stored event, gzipped as they were."""
    found = _rows(
        connection,
        f"SELECT line FROM ({_typed_lines()}) WHERE ({_READABLE}) IS NOT TRUE AND line <> ''",
        _parameters(lines),
    )
    return gzip.compress("".join(f"{line}\n" for (line,) in found).encode(), mtime=0)


def choose(connection: duckdb.DuckDBPyConnection, held: Sequence[Path]) -> int:
    """Choose the rows to add: of each event the first received, unless `held` Parquet has it already.

    Returns how many were chosen. An event is `(source_id, message_id)` (design 6).
    """
    connection.execute(
        """CREATE OR REPLACE TEMP TABLE chosen AS
        SELECT arg_min(file_row_number, (received_at, file_row_number)) AS file_row_number
        FROM staged GROUP BY source_id, message_id"""
    )
    if held:
        connection.execute(
            """DELETE FROM chosen WHERE file_row_number IN (
              SELECT s.file_row_number FROM staged s
              SEMI JOIN read_parquet($held, union_by_name = true) h
              ON h.source_id = s.source_id AND h.message_id = s.message_id)""",
            {"held": [str(file) for file in held]},
        )
    ((rows,),) = _rows(connection, "SELECT count(*) FROM chosen")
    return int(rows)


def write(connection: duckdb.DuckDBPyConnection, received_on: date, path: Path) -> int:
    """Write the chosen rows of one date, sorted so that a person's events are read together."""
    ((rows,),) = _rows(
        connection,
        f"""COPY (
          SELECT s.* EXCLUDE (file_row_number) FROM staged s SEMI JOIN chosen USING (file_row_number)
          WHERE CAST(s.received_at AS DATE) = DATE '{received_on.isoformat()}'
          ORDER BY s.anonymous_id, s."timestamp", s.message_id
        ) TO '{path}' (FORMAT parquet, COMPRESSION zstd)""",
    )
    return int(rows)


def _typed_lines() -> str:
    """Return SQL for the lines with every column of the lake typed beside them."""
    columns = ", ".join(
        f'{_typed(column, position)} AS "{column.name}"'
        for position, column in enumerate(COLUMNS, start=1)
    )
    return f"""SELECT line, {columns} FROM (
      SELECT line, json_extract_string(valid, $paths) AS found, json_type(valid, $paths) AS kinds
      FROM (SELECT line, CASE WHEN json_valid(line) THEN line END AS valid FROM {_LINES}))"""


def _typed(column: Column, position: int) -> str:
    found, kind = f"found[{position}]", f"kinds[{position}]"
    scalar = f"CASE WHEN {kind} NOT IN ('OBJECT', 'ARRAY') THEN {found} END"
    match column.type:
        case "json":
            return found
        case "string":
            return scalar
        case "timestamp":
            return f"TRY_CAST({scalar} AS TIMESTAMP)"
        case "boolean":
            return f"TRY_CAST({scalar} AS BOOLEAN)"


def _parameters(lines: Sequence[Path]) -> dict[str, Any]:
    return {"paths": [column.path for column in COLUMNS], "lines": [str(file) for file in lines]}


def _rows(
    connection: duckdb.DuckDBPyConnection, query: str, parameters: dict[str, Any] | None = None
) -> list[tuple[Any, ...]]:
    return connection.execute(query, parameters).fetchall()
