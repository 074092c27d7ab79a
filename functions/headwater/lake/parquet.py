r"""Lines in, Parquet out: the compactor's work inside DuckDB, on local files only.

A slice is staged once, with every column of `columns.COLUMNS` typed, so each line is parsed once. Values
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

from headwater.columns import COLUMNS, IDENTITY, Column
from headwater.privacy.suppressed import Suppressed

# JSON never holds a raw control character, so this delimiter makes one column of a whole line. An event
# is 32 KB at most (raisable per source): 16 MB is far above any line with its enrichment around it.
_LINES = r"""read_csv($lines, columns = {'line': 'VARCHAR'}, delim = '\x1f', quote = '', escape = '',
    header = false, auto_detect = false, null_padding = true, strict_mode = false,
    max_line_size = 16777216, compression = 'gzip')"""

MAX_LINE_BYTES = 16_777_216

_DUCKDB_TYPES = {
    "string": "VARCHAR",
    "json": "VARCHAR",
    "timestamp": "TIMESTAMP",
    "boolean": "BOOLEAN",
}

# An event that says something of who is who, and so has a part in it each time it is sent.
_OF_IDENTITY = (
    "(type IN ('identify', 'alias', 'group') OR (user_id IS NOT NULL AND anonymous_id IS NOT NULL))"
)

# What every stored event has. A line without one of them is set aside, never guessed at.
_READABLE = " AND ".join(
    f"{name} IS NOT NULL"
    for name in ("message_id", "type", "source_id", "timestamp", "received_at")
)


@dataclass(frozen=True, slots=True)
class Staged:
    """A slice with its columns typed: its events, on which dates they came, and what is no event."""

    rows: int
    dates: tuple[date, ...]  # on which its events were received, UTC
    unreadable: tuple[bytes, ...]  # lines


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
    aside: list[bytes] = []
    try:
        _stage(connection, lines, directory)
    except duckdb.InvalidInputException:
        # Some bytes are no text at all, which nothing we wrote can be. Slow, and once in a lifetime.
        aside = [line for path in lines for line in _sift(path)]
        _stage(connection, lines, directory)
    aside += [line.encode() for (line,) in _rows(connection, "SELECT line FROM unreadable")]
    ((rows,),) = _rows(connection, "SELECT count(*) FROM staged")
    days = _rows(connection, "SELECT DISTINCT CAST(received_at AS DATE) FROM staged ORDER BY 1")
    return Staged(rows, tuple(day for (day,) in days), tuple(aside))


def _stage(connection: duckdb.DuckDBPyConnection, lines: Sequence[Path], directory: Path) -> None:
    path = directory / "staged.parquet"
    parameters = {
        "paths": [column.path for column in COLUMNS],
        "lines": [str(file) for file in lines],
    }
    connection.execute(
        f"COPY (SELECT CASE WHEN NOT ({_READABLE}) THEN line END AS unreadable_line,"
        f" * EXCLUDE (line) FROM ({_typed_lines()}) WHERE line <> '')"
        f" TO '{path}' (FORMAT parquet, COMPRESSION zstd)",
        parameters,
    )
    source = f"read_parquet('{path}', file_row_number = true)"
    connection.execute(
        "CREATE OR REPLACE TEMP VIEW staged AS"
        f" SELECT * EXCLUDE (unreadable_line) FROM {source} WHERE unreadable_line IS NULL"
    )
    connection.execute(
        "CREATE OR REPLACE TEMP VIEW unreadable AS"
        f" SELECT unreadable_line AS line FROM {source} WHERE unreadable_line IS NOT NULL"
    )


def _sift(path: Path) -> list[bytes]:
    """Leave only text in the file, and return the lines that are none."""
    lines = gzip.decompress(path.read_bytes()).split(b"\n")
    text = b"\n".join(line for line in lines if _is_text(line))
    path.write_bytes(gzip.compress(text, compresslevel=1))
    return [line for line in lines if not _is_text(line)]


def _is_text(line: bytes) -> bool:
    try:
        line.decode()
    except UnicodeDecodeError:
        return False
    return len(line) < MAX_LINE_BYTES


def find_suppressed(connection: duckdb.DuckDBPyConnection, suppressed: Suppressed) -> int:
    """Find the staged rows of the suppressed, none of which is chosen; return how many.

    Their ids are looked at once each.
    """
    ids = ("user_id", "anonymous_id", "previous_id", "claimed_user_id")
    named = _rows(connection, f"SELECT DISTINCT {', '.join(ids)} FROM staged") if suppressed else []
    out = [
        dict(zip(ids, row, strict=True))
        for row in named
        if suppressed.anyone(users=(row[0], row[2], row[3]), anonymous=row[1:3])
    ]
    fields = ", ".join(f"{id_} VARCHAR" for id_ in ids)
    same = " AND ".join(f"s.{id_} IS NOT DISTINCT FROM o.{id_}" for id_ in ids)
    connection.execute(
        f"""CREATE OR REPLACE TEMP TABLE suppressed AS
        SELECT s.file_row_number FROM staged s
        JOIN (SELECT unnest(CAST($out AS STRUCT({fields})[])) AS o) ON {same}""",
        {"out": out},
    )
    ((rows,),) = _rows(connection, "SELECT count(*) FROM suppressed")
    return int(rows)


def choose(connection: duckdb.DuckDBPyConnection, held: Sequence[Path]) -> int:
    """Choose the rows to add: of each event the first received, unless `held` Parquet has it already.

    Nothing of the suppressed is chosen: of `find_suppressed`, and after it. Returns how many were chosen.
    An event is `(source_id, message_id)` (design 6).
    """
    connection.execute(
        """CREATE OR REPLACE TEMP TABLE chosen AS
        SELECT arg_min(file_row_number, (received_at, file_row_number)) AS file_row_number
        FROM staged ANTI JOIN suppressed USING (file_row_number) GROUP BY source_id, message_id"""
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


def choose_copies(connection: duckdb.DuckDBPyConnection, held: Sequence[Path]) -> None:
    """Choose, of the rows that are not added, those that say when something of identity happened.

    A copy sent under another clock has another corrected time, and the stitcher heard it. One that says
    what the kept row says, such as a batch landed twice, is no such copy. Of `choose`, and after it.
    """
    kept = "SELECT source_id, message_id, timestamp, received_at FROM staged SEMI JOIN chosen USING (file_row_number)"
    if held:
        kept += (
            " UNION ALL SELECT source_id, message_id, timestamp, received_at"
            " FROM read_parquet($held, union_by_name = true)"
        )
    connection.execute(
        f"""CREATE OR REPLACE TEMP TABLE copies AS
        SELECT s.file_row_number FROM staged s ANTI JOIN chosen USING (file_row_number)
        ANTI JOIN suppressed USING (file_row_number)
        ANTI JOIN ({kept}) k ON k.source_id = s.source_id AND k.message_id = s.message_id
          AND k."timestamp" = s."timestamp" AND k.received_at = s.received_at
        WHERE {_OF_IDENTITY}""",
        {"held": [str(file) for file in held]} if held else {},
    )


def write_copies(connection: duckdb.DuckDBPyConnection, received_on: date, path: Path) -> int:
    """Write what the chosen copies of one date say of identity; return how many there are."""
    columns = ", ".join(f'"{column.name}"' for column in IDENTITY)
    ((rows,),) = _rows(
        connection,
        f"""COPY (
          SELECT {columns} FROM staged SEMI JOIN copies USING (file_row_number)
          WHERE CAST(received_at AS DATE) = DATE '{received_on.isoformat()}'
          ORDER BY anonymous_id, "timestamp", message_id
        ) TO '{path}' (FORMAT parquet, COMPRESSION zstd)""",
    )
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


def merge(connection: duckdb.DuckDBPyConnection, files: Sequence[Path], path: Path) -> int:
    """Write the files' rows as one file, sorted alike and each event once; return how many rows.

    A file from before a column existed gives NULL for it, and a column that is no more is kept.
    """
    source = "read_parquet($files, union_by_name = true, filename = true, file_row_number = true)"
    parameters = {"files": [str(file) for file in files]}
    connection.execute(
        f"""CREATE OR REPLACE TEMP TABLE kept AS
        SELECT unnest(arg_min(
          {{'filename': filename, 'file_row_number': file_row_number}},
          (received_at, filename, file_row_number)
        )) FROM {source} GROUP BY source_id, message_id""",
        parameters,
    )
    declared = ", ".join(
        f'CAST(NULL AS {_DUCKDB_TYPES[column.type]}) AS "{column.name}"' for column in COLUMNS
    )
    ((rows,),) = _rows(
        connection,
        f"""COPY (
          SELECT * FROM (
            SELECT {declared} WHERE false
            UNION ALL BY NAME
            SELECT f.* EXCLUDE (filename, file_row_number)
            FROM {source} f SEMI JOIN kept USING (filename, file_row_number)
          ) ORDER BY anonymous_id, "timestamp", message_id
        ) TO '{path}' (FORMAT parquet, COMPRESSION zstd)""",
        parameters,
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


def _rows(
    connection: duckdb.DuckDBPyConnection, query: str, parameters: dict[str, Any] | None = None
) -> list[tuple[Any, ...]]:
    return connection.execute(query, parameters).fetchall()
