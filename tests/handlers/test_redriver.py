"""The redriver's handler: the queue's pointers, the schedule's sweep."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import boto3
import pytest
from headwater.ports import StreamRecord
from headwater.spill import commit
from headwater.wire.packing import event_line, pack
from moto import mock_aws
from redriver import app

from tests.examples import NOON, a_stored_track
from tests.fakes import MemoryStore, MemoryStream

_EVENTS = Path(__file__).parents[2] / "events" / "redriver"
_FIRST, _SECOND = (f"spill/dt=2026-03-01/hr=12/request-1-{n:016d}.ndjson.gz" for n in (1, 2))


def an_event(name: str) -> dict[str, Any]:
    event: dict[str, Any] = json.loads((_EVENTS / f"{name}.json").read_text())
    return event


def a_record(message_id: str) -> tuple[StreamRecord, ...]:
    return pack([event_line(a_stored_track(message_id))])


def spilled() -> MemoryStore:
    """A bucket with the two objects that the queue's messages point to."""
    store = MemoryStore(now=NOON)
    for key, message_id in ((_FIRST, "m-1"), (_SECOND, "m-2")):
        somewhere = MemoryStore()
        records = a_record(message_id)
        commit(records, stream=MemoryStream(down=True), store=somewhere, request_id="r", at=NOON)
        (store.objects[key],) = somewhere.objects.values()
    return store


def taken(name: str, stream: MemoryStream, store: MemoryStore, *, has_time: bool = True) -> Any:
    messages = an_event(name)["Records"]
    return app.take(messages, app.Adapters(stream, store), has_time=lambda: has_time)


def test_what_the_queue_points_to_goes_back_to_the_stream() -> None:
    store, stream = spilled(), MemoryStream()

    assert taken("pointers", stream, store) == {"batchItemFailures": []}

    assert stream.records == [*a_record("m-1"), *a_record("m-2")]
    assert [key.partition("/")[0] for key in store.objects] == ["spill-done"] * 2


def test_a_message_that_comes_twice_brings_its_lines_back_once() -> None:
    store, stream = spilled(), MemoryStream()

    taken("pointers", stream, store)

    assert taken("pointers", stream, store) == {"batchItemFailures": []}
    assert len(stream.records) == 2


def test_messages_whose_lines_the_stream_refuses_come_again() -> None:
    store = spilled()

    failures = taken("pointers", MemoryStream(down=True), store)

    messages = [record["messageId"] for record in an_event("pointers")["Records"]]
    assert failures == {"batchItemFailures": [{"itemIdentifier": each} for each in messages]}
    assert list(store.objects) == [_FIRST, _SECOND]


def test_messages_for_which_there_is_no_time_come_again() -> None:
    store, stream = spilled(), MemoryStream()

    failures = taken("pointers", stream, store, has_time=False)

    assert len(failures["batchItemFailures"]) == 2
    assert stream.records == []


def test_the_buckets_test_message_points_to_nothing() -> None:
    assert taken("test_message", MemoryStream(), MemoryStore()) == {"batchItemFailures": []}


@pytest.mark.parametrize(("minutes", "left"), [(14, 2), (16, 0)])
def test_the_sweep_takes_what_no_notification_came_for(minutes: int, left: int) -> None:
    store, stream = spilled(), MemoryStream()
    now = NOON + timedelta(minutes=minutes)

    app.sweep(app.Adapters(stream, store), now=now, has_time=lambda: True)

    assert len([key for key in store.objects if key.startswith("spill/")]) == left
    assert len(stream.records) == 2 - left


def test_the_sweep_stops_while_the_stream_is_down_or_time_is_up() -> None:
    late = NOON + timedelta(hours=1)
    store, stream = spilled(), MemoryStream(down=True)
    app.sweep(app.Adapters(stream, store), now=late, has_time=lambda: True)
    app.sweep(app.Adapters(MemoryStream(), store), now=late, has_time=lambda: False)

    assert list(store.objects) == [_FIRST, _SECOND]


class PlentyOfTime:
    def get_remaining_time_in_millis(self) -> int:
        return 60_000


def test_the_handler_builds_its_adapters_from_the_environment(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    environment = {
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_DEFAULT_REGION": "us-east-1",
        "STREAM_NAME": "events",
        "BUCKET_NAME": "lake",
    }
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    context: Any = PlentyOfTime()
    app.adapters.cache_clear()
    with mock_aws():
        boto3.client("kinesis").create_stream(StreamName="events", ShardCount=1)
        bucket = boto3.client("s3")
        bucket.create_bucket(Bucket="lake")
        for key, body in spilled().objects.items():
            bucket.put_object(Bucket="lake", Key=key, Body=body)

        by_queue = app.handler(an_event("pointers"), context)
        by_schedule = app.handler(an_event("schedule"), context)

        left = bucket.list_objects_v2(Bucket="lake", Prefix="spill/")["KeyCount"]
    app.adapters.cache_clear()

    assert (by_queue, by_schedule) == ({"batchItemFailures": []}, {"batchItemFailures": []})
    assert left == 0
