"""Reading the stream beside its consumers: from where it began, through splits, pauses and throttles."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

import pytest
from botocore.exceptions import ClientError
from headwater.errors import DependencyError

from local.console.stream import StreamReader, from_moment

AT = datetime(2026, 3, 1, 12, tzinfo=UTC)


class _ExpiredIteratorError(Exception):
    pass


class MemoryKinesis:
    """Shards as lists of data; an iterator is `<shard>/<index>/<generation>`."""

    class exceptions:  # noqa: N801  boto3's own name
        ExpiredIteratorException = _ExpiredIteratorError

    def __init__(self, **shards: list[bytes]) -> None:
        self.shards = shards
        self.closed: set[str] = set()
        self.generation = 0
        self.fault = ""
        self.begun: list[tuple[str, str]] = []

    def get_paginator(self, operation: str) -> "MemoryKinesis":
        return self

    def paginate(self, **_: str) -> Iterator[Mapping[str, Any]]:
        yield {"Shards": [{"ShardId": shard} for shard in self.shards]}

    def get_shard_iterator(self, *, ShardId: str, **begin: Any) -> Mapping[str, str]:  # noqa: N803
        kind = begin["ShardIteratorType"]
        self.begun.append((ShardId, kind))
        index = {"TRIM_HORIZON": 0, "AT_TIMESTAMP": len(self.shards[ShardId])}.get(kind)
        if index is None:
            index = int(begin["StartingSequenceNumber"]) + 1
        return {"ShardIterator": f"{ShardId}/{index}/{self.generation}"}

    def get_records(self, *, ShardIterator: str, Limit: int) -> Mapping[str, Any]:  # noqa: N803
        shard, index, generation = ShardIterator.split("/")
        if self.fault:
            raise ClientError({"Error": {"Code": self.fault}}, "GetRecords")
        if int(generation) != self.generation:
            raise _ExpiredIteratorError
        came = self.shards[shard][int(index) :][:Limit]
        following = int(index) + len(came)
        answer: dict[str, Any] = {
            "Records": [
                {
                    "SequenceNumber": str(int(index) + at),
                    "ApproximateArrivalTimestamp": AT,
                    "Data": data,
                }
                for at, data in enumerate(came)
            ]
        }
        if shard not in self.closed or following < len(self.shards[shard]):
            answer["NextShardIterator"] = f"{shard}/{following}/{generation}"
        return answer


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def reader(client: MemoryKinesis, clock: Clock, **begin: Any) -> StreamReader:
    return StreamReader(client, "stream", seconds=clock, **begin)  # type: ignore[arg-type]


def read(stream: StreamReader) -> list[bytes]:
    return [record.lines for record in stream.read()]


def test_each_read_goes_on_where_the_last_one_ended() -> None:
    client = MemoryKinesis(a=[b"1", b"2"], b=[b"3"])
    stream = reader(client, Clock())

    first = read(stream)
    client.shards["a"].append(b"4")

    assert (first, read(stream), read(stream)) == ([b"1", b"2", b"3"], [b"4"], [])


def test_a_deployment_s_past_is_left_to_the_lake() -> None:
    client = MemoryKinesis(a=[b"old"])
    stream = reader(client, Clock(), begin=from_moment(AT))

    before = read(stream)
    client.shards["a"].append(b"new")

    assert (before, read(stream)) == ([], [b"new"])


def test_the_children_of_a_shard_that_ended_are_read_from_their_beginning() -> None:
    client = MemoryKinesis(a=[b"1"])
    stream = reader(client, Clock(), begin=from_moment(AT))
    read(stream)

    client.closed.add("a")
    client.shards.update(b=[b"2"], c=[b"3"])
    read(stream)  # learns that the shard has ended

    assert read(stream) == [b"2", b"3"]
    assert client.begun[1:] == [("b", "TRIM_HORIZON"), ("c", "TRIM_HORIZON")]


def test_a_shard_that_appears_beside_others_is_found_in_time() -> None:
    client, clock = MemoryKinesis(a=[]), Clock()
    stream = reader(client, clock)
    read(stream)
    client.shards["b"] = [b"1"]

    assert read(stream) == []
    clock.now = 31.0
    assert read(stream) == [b"1"]


def test_after_a_long_pause_nothing_is_missed_and_nothing_comes_twice() -> None:
    client = MemoryKinesis(a=[b"1"], b=[])
    stream = reader(client, Clock())
    read(stream)

    client.generation += 1
    client.shards["a"].append(b"2")
    client.shards["b"].append(b"3")
    read(stream)  # learns that its iterators have died

    assert read(stream) == [b"2", b"3"]


def test_a_shard_that_is_read_too_often_is_read_again_later_and_a_fault_is_told() -> None:
    client = MemoryKinesis(a=[b"1"])
    stream = reader(client, Clock())

    client.fault = "ProvisionedThroughputExceededException"
    assert read(stream) == []
    client.fault = "AccessDeniedException"
    with pytest.raises(DependencyError, match="AccessDenied"):
        read(stream)
    client.fault = ""
    assert read(stream) == [b"1"]
