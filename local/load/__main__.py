"""Loads history: `make load FILES='export/*.ndjson.gz' KEY=<server key> URL=https://shop.example/ev`.

    python -m local.load FILES… --url URL --key KEY [--users] [--at 2026-01-31] [--rate 200] [--deliver]

Stopped, it goes on where it was when it is run again. What is not taken is kept in a file beside the
ledger, with the line and the reason. Nothing goes to destinations unless `--deliver` says so.
"""

import argparse
import os
import random
import sys
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from local.load import history, users
from local.load.files import FilesError, count, matching
from local.load.ledger import Ledger, place
from local.load.loading import Load, Reader
from local.load.sending import Importer, StoppedError
from local.progress import bar, say


def main(arguments: Sequence[str] | None = None) -> int:
    """Load, and return the exit code: 0 when all was taken, 1 when some lines were not."""
    parser = argparse.ArgumentParser(prog="make load", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("files", nargs="+", help="names or patterns, gzipped or plain")
    parser.add_argument("--url", required=True, help="the collector, with its prefix")
    parser.add_argument("--users", action="store_true", help="the files are users, not calls")
    parser.add_argument("--at", type=_day, help="when users without a time of their own were so")
    parser.add_argument("--rate", type=float, default=200.0, help="events a second at most (200)")
    parser.add_argument("--deliver", action="store_true", help="to the destinations too")
    asked = parser.parse_args(arguments)
    # Not as an argument: every user of a machine sees those.
    key = os.environ.get("KEY", "")
    if not key:
        raise SystemExit("load: say the server key, as in `make load KEY=…`")
    if asked.rate <= 0:
        raise SystemExit("load: RATE is events a second, more than none")
    ledger = Ledger(place(asked.url, key, "users" if asked.users else "calls"))
    load = Load(
        Importer(asked.url, key, sleep=time.sleep, random=random.random),
        ledger,
        ledger.path.with_suffix(".rejected.ndjson"),
        asked.rate,
    )
    try:
        files = matching(asked.files)
        say(f"▸ {len(files)} files into {load.importer.check()} at {asked.url}")
        _run(load, files, _reader(asked))
    except (FilesError, StoppedError) as error:
        say(f"\nload: {error}\n{_told(load)}")
        return 2
    except KeyboardInterrupt:
        say(f"\nstopped; the same command goes on from here\n{_told(load)}")
        return 130
    say(_told(load))
    return 1 if load.said.refused else 0


def _reader(asked: argparse.Namespace) -> Reader:
    if asked.users:
        return lambda file: users.calls(file, at=asked.at, deliver=asked.deliver)
    return lambda file: history.calls(file, deliver=asked.deliver)


def _run(load: Load, files: Sequence[Path], reader: Reader) -> None:
    total = count(files)
    for said in load.run(files, reader):
        bar(f"{said.taken:,} taken, {said.refused:,} not", min(said.lines, total - 1), total)
    bar(f"{load.said.taken:,} taken, {load.said.refused:,} not", total, total)


def _told(load: Load) -> str:
    said = load.said
    told = f"taken: {said.taken:,}; not taken: {said.refused:,}; sent by an earlier run: {said.skipped:,}"
    return f"{told}\nwhat was not taken, and why: {load.rejected}" if said.refused else told


def _day(written: str) -> datetime:
    try:
        moment = datetime.fromisoformat(written)
    except ValueError:
        raise argparse.ArgumentTypeError(f"no time: {written!r}; as in 2026-01-31") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


if __name__ == "__main__":
    sys.exit(main())
