"""Ask every saved query of a directory once, and print how long it took and how much it read.

Read are the bytes that left the files, as Linux counts them for this process, with the footers of all
files, which Athena reads of the queried days only and does not bill.
"""

import argparse
import gzip
import sys
import time
from collections.abc import Iterator
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
    print(ratio(directory))
    return 0


def _measured(lake: Lake) -> Iterator[tuple[str, int, float, float]]:
    for query in saved_queries():
        before, started = _bytes_read(), time.monotonic()
        rows = lake.query(query.sql).rows
        seconds, read = time.monotonic() - started, _bytes_read() - before
        yield query.name, len(rows), round(seconds, 2), round(read / 1e6, 2)


def ratio(directory: Path) -> str:
    """Compare five columns of the last whole day with all its columns and with its lines."""
    dt = sorted(path.name for path in directory.joinpath("events").iterdir())[-2:][0]
    chunks = duckdb.execute(
        """SELECT path_in_schema, sum(total_compressed_size) FROM parquet_metadata($files)
        GROUP BY path_in_schema""",
        {"files": str(directory / "events" / dt / "*.parquet")},
    ).fetchall()
    sizes = {name: int(size) for name, size in chunks}
    read, whole = sum(sizes[name] for name in _FIVE_COLUMNS), sum(sizes.values())
    files = list(directory.joinpath("archive/raw", dt).rglob("*.gz"))
    gzipped = sum(path.stat().st_size for path in files)
    lines = sum(len(gzip.decompress(path.read_bytes())) for path in files)
    return (
        f"{dt}, bytes: five columns {read:,}; all {whole:,} ({whole / read:.1f} times);"
        f" as lines {gzipped:,} gzipped ({gzipped / read:.1f} times), {lines:,} plain"
    )


def _bytes_read() -> int:
    counts = dict(line.split(": ") for line in Path("/proc/self/io").read_text().splitlines())
    return int(counts["rchar"])


if __name__ == "__main__":
    sys.exit(main())
