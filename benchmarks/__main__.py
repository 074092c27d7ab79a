"""Run the benchmarks and print them: `python -m benchmarks [PART ...] [--json FILE]`; see `PARTS`."""

import argparse
import json
import os
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from benchmarks import lake, tables
from benchmarks.deployed import deployed
from benchmarks.identity import identity
from benchmarks.memory import peaks
from benchmarks.registry import registry
from benchmarks.sink import sink
from benchmarks.starts import starts
from benchmarks.warm import warm

_LAKE_EVENTS = 50_000
PARTS = ("warm", "cold", "memory", "destinations", "identity", "lake")


def main() -> None:
    """Measure the parts that were asked for, all of them by default."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="part", help=f"of {', '.join(PARTS)}")
    parser.add_argument("--rounds", type=int, default=9, help="of the warm figures")
    parser.add_argument("--json", type=Path, help="write the figures here as well")
    asked = parser.parse_args()
    if unknown := set(asked.parts) - set(PARTS):
        parser.error(f"no part {', '.join(unknown)}; there are {', '.join(PARTS)}")

    parts = asked.parts or PARTS
    began = time.monotonic()
    figures: dict[str, Any] = {}
    with sink() as endpoint, deployed() as there:
        variables = environment(endpoint)
        os.environ.update(variables)
        if "warm" in parts:
            with _silence():
                measured = warm(variables, rounds=asked.rounds)
            figures["warm"] = tables.warm(measured)
        if "cold" in parts:
            found, imports = starts(there, variables, rounds=5)
            figures["cold"] = tables.cold(found, imports)
        if "memory" in parts:
            figures["memory"] = tables.memory(peaks(there, variables))
        if "destinations" in parts:
            figures["destinations"] = tables.destinations(*registry(there, variables))
        if "identity" in parts:
            figures["identity"] = tables.identity(identity())
    if "lake" in parts:
        print("\nThe lake, on made-up events (make bench-lake has more of them)\n")
        lake.show(_LAKE_EVENTS)
    print(f"\n{time.monotonic() - began:.0f} s")
    if asked.json:
        asked.json.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")


def environment(endpoint: str) -> Mapping[str, str]:
    """Return what Lambda and the template set; the credentials have a real token's length."""
    return {
        "AWS_ACCESS_KEY_ID": "ASIAIOSFODNN7EXAMPLE",
        "AWS_SECRET_ACCESS_KEY": "s" * 40,
        "AWS_SESSION_TOKEN": "t" * 800,
        "AWS_REGION": "us-east-1",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ENDPOINT_URL": endpoint,
        "WORKSPACE": "demo",
        "STREAM_NAME": "stream",
        "COOKIE_KEYS": "cookie-keys",
        "SALTS_TABLE": "salts",
        "BUCKET_NAME": "bucket",
    }


@contextmanager
def _silence() -> Iterator[None]:
    """Keep the handlers' log lines out of the tables; writing them stays part of what is measured."""
    sys.stdout.flush()
    kept, nowhere = os.dup(1), os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    try:
        yield
    finally:
        sys.stdout.flush()
        os.dup2(kept, 1)
        os.close(kept)
        os.close(nowhere)


if __name__ == "__main__":
    main()
