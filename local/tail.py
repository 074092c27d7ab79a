"""`make tail`: events as they arrive, with what is wrong with them, and those that are not taken.

    python -m local.tail [--stage production] [--from-start]

It reads the stream beside its consumers, one read a second and shard, of the five that a shard has. A line
says type, name, source and faults, and nobody's id.
"""

import argparse
import signal
import sys
import time

from headwater.errors import DependencyError

from local.console.stream import StreamReader
from local.console.told import Told, fault, told
from local.deployment import deployment
from local.endpoints import NotUpError
from local.stages import StageError

_PAUSE_SECONDS = 1.0


def main(arguments: list[str]) -> None:
    """Print until interrupted."""
    parser = argparse.ArgumentParser(prog="make tail")
    parser.add_argument("--stage", default="", help="a section of samconfig.toml; else here")
    parser.add_argument("--from-start", action="store_true", help="all that the stream holds first")
    asked = parser.parse_args(arguments)
    try:
        there = deployment(asked.stage)
    except (NotUpError, StageError) as error:
        raise SystemExit(f"tail: {error}") from None
    reader = StreamReader(
        there.kinesis,
        there.stream_name,
        seconds=time.monotonic,
        begin={"ShardIteratorType": "TRIM_HORIZON" if asked.from_start else "LATEST"},
    )
    while True:
        try:
            for record in reader.read():
                for one in told(record):
                    print(line_of(one), flush=True)
        except DependencyError as error:
            print(f"tail: {error}; trying again", file=sys.stderr)
        time.sleep(_PAUSE_SECONDS)


def line_of(one: Told) -> str:
    """Tell one line of the stream in one line, without anybody in it."""
    at = f"{one.arrived_at:%H:%M:%S}"
    if one.kind == "rejected":
        kept = one.content
        return f"{at} ✗ {kept['sourceId']}  {kept['code']} {kept['path']}  {kept['message']}"
    event = one.event()
    if event is None:
        return f"{at} ? a line that no collector of ours wrote"
    name = event.event or event.name or ""
    faults = "".join(f"  ! {fault(each)}" for each in event.violations)
    return f"{at} ✓ {event.source.id}  {event.type} {name!r}  {event.message_id}{faults}"


if __name__ == "__main__":
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    try:
        main(sys.argv[1:])
    except KeyboardInterrupt:
        sys.exit(0)
