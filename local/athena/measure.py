"""Ask every saved query of a directory once, and print how long it took and how much it read.

Read are the bytes that left the files, as Linux counts them for this process, with the footers of all
files, which Athena reads of the queried days only and does not bill.
"""

import argparse
import gzip
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb
from headwater.lake.views import saved_queries

from local.athena.lake import Lake, Rows
from local.athena.printing import table
from local.generate.bucket import DATA

# What a usual question reads of a day, against the lines the day came as.
_FIVE_COLUMNS = ("type", "event", "page_path", "anonymous_id", "timestamp")


def main(arguments: list[str] | None = None) -> int:
    """Print the table, and return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m local.athena.measure", description=__doc__)
    parser.add_argument("--directory", type=Path, default=DATA)
    directory: Path = parser.parse_args(arguments).directory
    lake = Lake(directory)
    print(table(Rows(("query", "rows", "seconds", "MB read"), tuple(_measured(lake)))))
    print(last_day(directory))
    return 0


def _measured(lake: Lake) -> Iterator[tuple[str, int, float, float]]:
    for query in saved_queries():
        before, started = _bytes_read(), time.monotonic()
        rows = lake.query(query.sql).rows
        seconds, read = time.monotonic() - started, _bytes_read() - before
        yield query.name, len(rows), round(seconds, 2), round(read / 1e6, 2)


@dataclass(frozen=True, slots=True)
class Day:
    """A day's bytes: what a usual question reads of it, all its columns, and the lines it came as."""

    dt: str
    rows: int
    five_columns: int
    columns: int
    gzipped: int
    plain: int

    def __str__(self) -> str:
        """Say how much less is read."""
        return (
            f"{self.dt}, bytes: five columns {self.five_columns:,}; all {self.columns:,}"
            f" ({self.columns / self.five_columns:.1f} times); as lines {self.gzipped:,} gzipped"
            f" ({self.gzipped / self.five_columns:.1f} times), {self.plain:,} plain"
        )


def last_day(directory: Path) -> Day:
    """Measure the last whole day of a bucket."""
    dt = sorted(path.name for path in directory.joinpath("events").iterdir())[-2:][0]
    chunks = duckdb.execute(
        """SELECT path_in_schema, sum(total_compressed_size), sum(row_group_num_rows)
        FROM parquet_metadata($files) GROUP BY path_in_schema""",
        {"files": str(directory / "events" / dt / "*.parquet")},
    ).fetchall()
    sizes = {name: int(size) for name, size, _ in chunks}
    files = list(directory.joinpath("archive/raw", dt).rglob("*.gz"))
    gzipped = sum(path.stat().st_size for path in files)
    lines = sum(len(gzip.decompress(path.read_bytes())) for path in files)
    return Day(
        dt=dt,
        rows=int(chunks[0][2]),
        five_columns=sum(sizes[name] for name in _FIVE_COLUMNS),
        columns=sum(sizes.values()),
        gzipped=gzipped,
        plain=lines,
    )


def _bytes_read() -> int:
    counts = dict(line.split(": ") for line in Path("/proc/self/io").read_text().splitlines())
    return int(counts["rchar"])


if __name__ == "__main__":
    sys.exit(main())
