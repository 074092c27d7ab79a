"""`make tail`: events as they arrive, with what is wrong with them, and those that are not taken.

    python -m local.tail [--stage production] [--from-start]

It reads the stream beside its consumers, one read a second and shard, of the five that a shard has. A line
says type, name, source and faults, and nobody's id.
"""

import argparse
import signal
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import orjson
from headwater.lake.rejected import RejectedEvent
from headwater.record import REJECTED_MARK, StoredEvent

from local.deployment import deployment
from local.endpoints import NotUpError
from local.stages import StageError

if TYPE_CHECKING:
    from mypy_boto3_kinesis import KinesisClient

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
    begin = "TRIM_HORIZON" if asked.from_start else "LATEST"
    for arrived, line in lines(there.kinesis, there.stream_name, begin=begin):
        print(told(arrived, line), flush=True)


def lines(client: "KinesisClient", stream: str, *, begin: str) -> Iterator[tuple[datetime, bytes]]:
    """Follow the stream for ever: each line with the moment its record arrived."""
    iterators: dict[str, str | None] = {}
    while True:
        for page in client.get_paginator("list_shards").paginate(StreamName=stream):
            for shard in page["Shards"]:
                # A shard that came of a split is read whole.
                kind: Any = (
                    begin if not iterators or shard["ShardId"] in iterators else "TRIM_HORIZON"
                )
                if shard["ShardId"] not in iterators:
                    iterators[shard["ShardId"]] = client.get_shard_iterator(
                        StreamName=stream, ShardId=shard["ShardId"], ShardIteratorType=kind
                    )["ShardIterator"]
        for shard_id, iterator in list(iterators.items()):
            if iterator is not None:
                answer = client.get_records(ShardIterator=iterator, Limit=1_000)
                iterators[shard_id] = answer.get("NextShardIterator")
                for record in answer["Records"]:
                    for line in record["Data"].splitlines():
                        yield record["ApproximateArrivalTimestamp"].astimezone(UTC), line
        time.sleep(_PAUSE_SECONDS)


def told(arrived: datetime, line: bytes) -> str:
    """Tell one line of the stream in one line, without anybody in it."""
    at = f"{arrived:%H:%M:%S}"
    try:
        if line.startswith(REJECTED_MARK):
            rejected = RejectedEvent.from_line(line)
            return (
                f"{at} ✗ {rejected.source_id}  {rejected.code} {rejected.path}  {rejected.message}"
            )
        event = StoredEvent.from_json(orjson.loads(line))
    except (KeyError, TypeError, ValueError):
        return f"{at} ? a line that no collector of ours wrote"
    name = event.event or event.name or ""
    faults = "".join(
        f"  ! {one['type']} {one.get('path', '')}".rstrip() for one in event.violations
    )
    return f"{at} ✓ {event.source.id}  {event.type} {name!r}  {event.message_id}{faults}"


if __name__ == "__main__":
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    try:
        main(sys.argv[1:])
    except KeyboardInterrupt:
        sys.exit(0)
