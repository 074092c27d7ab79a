"""The compactor's speed and memory, and what a question reads: `python -m benchmarks.lake`."""

import argparse
import resource
import subprocess
import sys
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from headwater.lake.compaction import Compacted, Compactor
from headwater.record import StoredEvent

from benchmarks.cost.prices import ATHENA_TB
from local.athena import measure
from local.generate.bucket import land_all
from local.generate.directory import DirectoryStore
from local.generate.events import generate

# What is asked about in docs/athena.md: events a month.
_MONTHS = (("30 GB", 30e6), ("26 TB", 26e9))
UNTIL = datetime(2026, 5, 20, tzinfo=UTC)


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure a day of so many events, in a process that compacts and does nothing else."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.lake", description=__doc__)
    parser.add_argument("--events", type=int, default=200_000, help="of one day (200000)")
    parser.add_argument("--compact", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.compact:
        print(*compact(options.compact))
        return 0
    show(options.events)
    return 0


def show(events: int) -> None:
    """Compact a day of so many events, and print the speed, the bytes of a question and its price."""
    with TemporaryDirectory() as directory:
        bucket = Path(directory)
        size = _land(bucket, events)
        answer = subprocess.run(
            [sys.executable, "-m", "benchmarks.lake", "--compact", directory],
            check=True,
            capture_output=True,
            text=True,
        )
        rows, seconds = answer.stdout.split()
        peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
        print(f"compactor: {int(rows):,} rows of {size / 1e6:.1f} MB gzipped lines")
        print(f"  {int(rows) / float(seconds):,.0f} rows a second, {peak:,.0f} MB at its peak")
        day = measure.last_day(bucket)
        print(day)
        for name, monthly in _MONTHS:
            read = monthly * day.five_columns / day.rows
            print(
                f"  {name} a month, lines of 1 KB: five columns of 30 days are {read / 1e9:,.2f} GB, "
                f"${ATHENA_TB.of(read / 1e12, allowance=False):,.3f} a question"
            )


def _land(bucket: Path, count: int) -> int:
    events: list[StoredEvent] = [
        event
        for event in generate(events=count, days=1, seed=1, until=UNTIL)
        if event.received_at >= UNTIL - timedelta(days=1)
    ]
    store = DirectoryStore(bucket)
    land_all(store, events)
    return sum(entry.size for entry in store.list("raw/"))


def compact(bucket: Path) -> tuple[int, float]:
    """Compact all there is; return the rows, and how many seconds it took."""
    began = time.monotonic()
    compactor = Compactor(
        store=DirectoryStore(bucket),
        directory=bucket / "work",
        now=lambda: UNTIL,
        lease_for=timedelta(minutes=16),
    )
    rows = sum(one.added for one in compactor.run() if isinstance(one, Compacted))
    return rows, time.monotonic() - began


if __name__ == "__main__":
    sys.exit(main())
