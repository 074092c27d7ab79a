"""The stream adapter, against moto's Kinesis and against a client that fails in every way."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, cast

import boto3
import pytest
from botocore.exceptions import ClientError, ReadTimeoutError
from headwater.adapters.breaker import BreakerStream
from headwater.adapters.kinesis import (
    MAX_BYTES_A_CALL,
    MAX_RECORDS_A_CALL,
    KinesisStream,
)
from headwater.ports import StreamRecord
from moto import mock_aws
from mypy_boto3_kinesis import KinesisClient

from tests.fakes import MemoryStream


class Clock:
    """Time that passes only while somebody sleeps or calls."""

    def __init__(self) -> None:
        self.now = 0.0
        self.slept: list[float] = []

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds

    def monotonic(self) -> float:
        return self.now


Behaviour = Callable[[Sequence[dict[str, Any]]], dict[str, Any]]


class FaultyClient:
    """PutRecords as scripted: each call does the next thing, the last one for ever."""

    def __init__(self, clock: Clock, *behaviours: Behaviour, seconds_a_call: float = 0.01) -> None:
        self._clock = clock
        self._behaviours = list(behaviours)
        self._seconds = seconds_a_call
        self.calls: list[list[bytes]] = []

    def put_records(self, *, StreamName: str, Records: Sequence[dict[str, Any]]) -> dict[str, Any]:  # noqa: N803
        self.calls.append([record["Data"] for record in Records])
        self._clock.now += self._seconds
        behave = self._behaviours.pop(0) if len(self._behaviours) > 1 else self._behaviours[0]
        return behave(Records)


def accepts(records: Sequence[dict[str, Any]]) -> dict[str, Any]:
    return {"Records": [{"SequenceNumber": "1", "ShardId": "s"} for _ in records]}


def throttles_every_second(records: Sequence[dict[str, Any]]) -> dict[str, Any]:
    throttled = {"ErrorCode": "ProvisionedThroughputExceededException", "ErrorMessage": "Rate"}
    taken = {"SequenceNumber": "1", "ShardId": "s"}
    return {"Records": [throttled if at % 2 else taken for at in range(len(records))]}


def times_out(records: Sequence[dict[str, Any]]) -> dict[str, Any]:
    raise ReadTimeoutError(endpoint_url="https://kinesis")


def answers_500(records: Sequence[dict[str, Any]]) -> dict[str, Any]:
    raise ClientError({"Error": {"Code": "InternalFailure", "Message": "no"}}, "PutRecords")


def answers_short(records: Sequence[dict[str, Any]]) -> dict[str, Any]:
    return {"Records": [{"SequenceNumber": "1", "ShardId": "s"}]}


def some(count: int, size: int = 2) -> list[StreamRecord]:
    return [StreamRecord(f"k-{n}", f"{n:0{size}}".encode()) for n in range(count)]


def stream_of(clock: Clock, client: object) -> KinesisStream:
    return KinesisStream(
        cast("KinesisClient", client),
        "events",
        sleep=clock.sleep,
        monotonic=clock.monotonic,
        random=lambda: 0.5,
    )


def run(
    *behaviours: Behaviour, count: int = 4
) -> tuple[Sequence[StreamRecord], FaultyClient, Clock]:
    clock = Clock()
    client = FaultyClient(clock, *behaviours)
    return stream_of(clock, client).append(some(count)), client, clock


def test_what_is_acknowledged_is_sent_once() -> None:
    remainder, client, clock = run(accepts)

    assert (list(remainder), len(client.calls), clock.slept) == ([], 1, [])


def test_only_the_refused_records_are_sent_again() -> None:
    remainder, client, _ = run(throttles_every_second, throttles_every_second, accepts)

    assert list(remainder) == []
    assert client.calls == [[b"00", b"01", b"02", b"03"], [b"01", b"03"], [b"03"]]


@pytest.mark.parametrize("fault", [times_out, answers_500, answers_short])
def test_an_answer_that_is_none_acknowledges_nothing(fault: Behaviour) -> None:
    remainder, client, _ = run(fault, accepts)

    assert list(remainder) == []
    assert client.calls[0] == client.calls[1]


@pytest.mark.parametrize("fault", [times_out, answers_500])
def test_the_budget_is_kept_and_the_remainder_comes_back(fault: Behaviour) -> None:
    remainder, client, clock = run(fault)

    assert list(remainder) == some(4)
    assert clock.now < 1.5
    assert clock.slept == sorted(clock.slept)
    assert len(client.calls) == len(clock.slept) + 1 > 3


def test_a_slow_stream_is_not_asked_again() -> None:
    clock = Clock()
    client = FaultyClient(clock, times_out, seconds_a_call=2)

    assert list(stream_of(clock, client).append(some(4))) == some(4)
    assert len(client.calls) == 1


def test_calls_keep_to_kinesis_own_limits() -> None:
    clock = Clock()
    client = FaultyClient(clock, accepts)
    large = [StreamRecord("k" * 100, b"x" * 900_000)] * 12

    assert list(stream_of(clock, client).append([*some(1_001), *large])) == []

    assert [len(call) for call in client.calls[:2]] == [MAX_RECORDS_A_CALL] * 2
    assert all(sum(len(data) + 100 for data in call) <= MAX_BYTES_A_CALL for call in client.calls)
    assert sum(map(len, client.calls)) == 1_013


def test_a_large_request_stops_at_the_deadline_and_spills_the_rest() -> None:
    clock = Clock()
    client = FaultyClient(clock, accepts, seconds_a_call=1)

    remainder = stream_of(clock, client).append(some(2_000, size=4))

    assert [data for call in client.calls for data in call] + [
        record.data for record in remainder
    ] == [record.data for record in some(2_000, size=4)]
    assert len(client.calls) == 2


def test_nothing_is_a_request_of_its_own() -> None:
    remainder, client, _ = run(accepts, count=0)

    assert (list(remainder), client.calls) == ([], [])


@pytest.fixture
def kinesis(monkeypatch: pytest.MonkeyPatch) -> Iterator[KinesisClient]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    with mock_aws():
        client = boto3.client("kinesis", region_name="us-east-1")
        client.create_stream(StreamName="events", ShardCount=1)
        yield client


def test_records_arrive_in_kinesis_with_their_keys(kinesis: KinesisClient) -> None:
    assert list(stream_of(Clock(), kinesis).append(some(3))) == []

    shard = kinesis.list_shards(StreamName="events")["Shards"][0]["ShardId"]
    iterator = kinesis.get_shard_iterator(
        StreamName="events", ShardId=shard, ShardIteratorType="TRIM_HORIZON"
    )["ShardIterator"]
    found = kinesis.get_records(ShardIterator=iterator)["Records"]
    assert [(record["PartitionKey"], record["Data"]) for record in found] == [
        ("k-0", b"00"),
        ("k-1", b"01"),
        ("k-2", b"02"),
    ]


def test_a_stream_that_does_not_exist_takes_nothing(kinesis: KinesisClient) -> None:
    clock = Clock()
    stream = KinesisStream(
        kinesis, "elsewhere", sleep=clock.sleep, monotonic=clock.monotonic, random=lambda: 1
    )

    assert list(stream.append(some(2))) == some(2)


class CountingStream(MemoryStream):
    def __init__(self, *, down: bool) -> None:
        super().__init__(down=down)
        self.asked = 0

    def append(self, records: Sequence[StreamRecord]) -> Sequence[StreamRecord]:
        self.asked += 1
        return super().append(records)


def test_a_stream_that_is_down_is_left_alone_and_then_tried_again() -> None:
    clock = Clock()
    behind = CountingStream(down=True)
    stream = BreakerStream(behind, monotonic=clock.monotonic)

    assert [list(stream.append(some(1))) for _ in range(5)] == [some(1)] * 5
    assert behind.asked == 3
    clock.now += 31
    stream.append(some(1))
    stream.append(some(1))
    assert behind.asked == 4
    clock.now += 31
    behind.down = False
    assert list(stream.append(some(1))) == []
    behind.down = True
    stream.append(some(1))
    stream.append(some(1))
    assert behind.asked == 7


def test_a_stream_that_takes_something_is_not_down() -> None:
    clock = Clock()
    client = FaultyClient(clock, throttles_every_second, seconds_a_call=1)
    stream = BreakerStream(stream_of(clock, client), monotonic=clock.monotonic)

    for _ in range(6):
        stream.append(some(4))

    assert len(client.calls) >= 6
