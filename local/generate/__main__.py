"""Make a bucket full of made-up events: python -m local.generate --events 100000."""

import argparse
import shutil
import sys
from datetime import UTC, datetime
from pathlib import Path

from local.generate.bucket import DATA, fill
from local.generate.events import generate


def main(arguments: list[str] | None = None) -> int:
    """Make the bucket, and say how to ask it."""
    parser = argparse.ArgumentParser(prog="python -m local.generate", description=__doc__)
    parser.add_argument("--events", type=int, default=100_000, help="about so many (100000)")
    parser.add_argument("--days", type=int, default=60, help="over so many days until now (60)")
    parser.add_argument("--seed", type=int, default=1, help="another seed, another shop (1)")
    parser.add_argument("--directory", type=Path, default=DATA)
    options = parser.parse_args(arguments)

    until = datetime.now(UTC)
    print(f"▸ {options.events:,} events of {options.days} days", flush=True)
    events = list(
        generate(events=options.events, days=options.days, seed=options.seed, until=until)
    )
    print(f"▸ landing and compacting {len(events):,} lines", flush=True)
    shutil.rmtree(options.directory, ignore_errors=True)
    added = fill(options.directory, events, until=until)
    print(f"{added:,} rows in Parquet. Ask: python -m local.athena --data sessions")
    return 0


if __name__ == "__main__":
    sys.exit(main())
