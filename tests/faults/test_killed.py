"""A function that is killed in any call it makes: whoever called it comes again, and nothing is lost.

The processes are real, and die of SIGKILL: no `finally`, no flush, no goodbye.
"""

import json
import time
from base64 import b64encode
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any

import boto3
import pytest
from headwater.adapters.kinesis import KinesisStream
from headwater.adapters.put_records import put_records_client
from headwater.adapters.s3 import S3ObjectStore
from headwater.lake.landing import LandingRecord, land
from headwater.record import StoredEvent
from headwater.spill import commit
from headwater.wire.packing import event_line, pack
from redriver import app as redriver

from tests.examples import a_stored_track
from tests.fakes import MemoryStore, MemoryStream
from tests.faults.cloud import Answered, Cloud, operation
from tests.faults.killing import KillingCloud, Lambda, When, functions, serving, undisturbed
from tests.faults.lake import Lakehouse, landed
from tests.faults.schedule import ASKED_AT, START, Schedule, schedules
from tests.handlers.gateway import invocation
from tests.vendor import Asked

pytestmark = pytest.mark.enable_socket

_DEMO_KEY = "demoBrowserKey000000000000000001"
_IDS = {f"m-{number}" for number in range(9)}
_WHEN: tuple[When, ...] = ("before", "after")


@pytest.fixture(scope="module")
def lambda_() -> Iterator[Lambda]:
    with functions() as warm:
        yield warm


def events() -> list[StoredEvent]:
    # Large enough for three records.
    filling = {"filling": "x" * 28_000}
    return [
        a_stored_track(message_id, properties=filling, received_at=START, timestamp=START)
        for message_id in sorted(_IDS)
    ]


def a_cloud() -> Cloud:
    return Cloud(lambda: START)


def holding(store: MemoryStore) -> Cloud:
    cloud = a_cloud()
    cloud.objects = {key: (body, START) for key, body in store.objects.items()}
    return cloud


def a_store(environ: dict[str, str]) -> S3ObjectStore:
    return S3ObjectStore(boto3.client("s3", endpoint_url=environ["AWS_ENDPOINT_URL"]), "lake")


def a_stream(environ: dict[str, str]) -> KinesisStream:
    client = put_records_client(environ, now=lambda: datetime.now(UTC), timeout_seconds=2)
    return KinesisStream(
        client, "events", sleep=lambda _: None, monotonic=time.monotonic, random=lambda: 0.0
    )


def once_in_the_lake(cloud: Cloud, directory: Path, environ: dict[str, str]) -> None:
    """Let the rest of the pipeline run, undisturbed, and look at what came of it."""
    store = a_store(environ)
    healthy = Schedule(0, mortal=False)
    landed(cloud.records, store, healthy)
    # After every lease that the dead have left behind.
    lake = Lakehouse(store, directory, clock=max(datetime.now(UTC), ASKED_AT))
    lake.compact(healthy)
    assert not list(store.list("raw/"))
    assert lake.parquet() == dict.fromkeys(_IDS, 1)


@pytest.fixture(autouse=True)
def credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")


def goes_down(asked: Asked, cloud: Cloud) -> Answered | None:
    """Be a stream that takes a third of its first call, and nothing afterwards."""
    if operation(asked) != "PutRecords":
        return None
    return Answered(500) if cloud.records else cloud.put_records(asked, refused=range(1, 99))


@pytest.mark.parametrize("when", _WHEN)
@pytest.mark.parametrize(
    ("called", "moment"), [("PutRecords", 1), ("PutRecords", 2), ("PutObject", 1)]
)
def test_a_collector_that_is_killed_has_promised_nothing_and_its_client_comes_again(
    lambda_: Lambda, tmp_path: Path, called: str, moment: int, when: When
) -> None:
    killing = KillingCloud(a_cloud(), goes_down, moment=moment, when=when, called=called)
    cloud = killing.cloud
    body = {"writeKey": _DEMO_KEY, "batch": [event.to_json() for event in events()]}
    request = invocation("POST", "/v1/batch", {}, json.dumps(body).encode())
    with serving(killing, tmp_path) as environ:
        assert lambda_.invoke("collector", request, killing, environ) is None

        answered = lambda_.invoke("collector", request, killing, environ)

        assert answered["statusCode"] == 200
        assert any(key.startswith("spill/") for key in cloud.objects)
        killing.answer = undisturbed
        means = redriver.Adapters(a_stream(environ), a_store(environ))
        redriver.sweep(means, now=ASKED_AT, has_time=lambda: True)
        once_in_the_lake(cloud, tmp_path, environ)


def spilled() -> Cloud:
    store = MemoryStore()
    records = pack(event_line(event) for event in events())
    commit(records, stream=MemoryStream(down=True), store=store, request_id="r", at=START)
    return holding(store)


def pointers(cloud: Cloud) -> dict[str, Any]:
    """The queue's messages about what is spilled."""
    bodies = [
        json.dumps({"Records": [{"s3": {"object": {"key": key}}}]})
        for key in cloud.objects
        if key.startswith("spill/")
    ]
    return {"Records": [{"messageId": body, "body": body} for body in bodies]}


@pytest.mark.parametrize("when", _WHEN)
def test_a_redriver_that_is_killed_is_sent_its_messages_again(
    lambda_: Lambda, tmp_path: Path, when: When
) -> None:
    for moment in moments():
        cloud = spilled()
        messages = pointers(cloud)
        killing = KillingCloud(cloud, moment=moment, when=when)
        with serving(killing, tmp_path / str(moment)) as environ:
            answers = invoked(lambda_, "redriver", messages, killing, environ)

            assert answers == {"batchItemFailures": []}
            once_in_the_lake(cloud, tmp_path / str(moment), environ)
        if not killing.struck:
            break
    assert moment > 5  # list, get, put, copy, delete


def streamed() -> Cloud:
    cloud = a_cloud()
    for record in pack(event_line(event) for event in events()):
        sequence = f"{len(cloud.records):020d}"
        cloud.records.append(LandingRecord(cloud.shard, sequence, START, record.data))
    return cloud


def batch(cloud: Cloud) -> dict[str, Any]:
    """Lambda's event of the whole stream."""
    return {
        "Records": [
            {
                "eventID": f"{record.shard}:{record.sequence}",
                "kinesis": {
                    "sequenceNumber": record.sequence,
                    "approximateArrivalTimestamp": record.arrived_at.timestamp(),
                    "data": b64encode(record.lines).decode(),
                },
            }
            for record in cloud.records
        ]
    }


@pytest.mark.parametrize("when", _WHEN)
def test_a_lander_that_is_killed_is_given_its_batch_again(
    lambda_: Lambda, tmp_path: Path, when: When
) -> None:
    cloud = streamed()
    killing = KillingCloud(cloud, moment=1, when=when)
    with serving(killing, tmp_path) as environ:
        answered = invoked(lambda_, "lander", batch(cloud), killing, environ)

        assert (answered, killing.struck) == ({"batchItemFailures": []}, True)
        once_in_the_lake(cloud, tmp_path, environ)


def raw() -> Cloud:
    cloud, store = streamed(), MemoryStore()
    for record in cloud.records:
        land([record], store)
    landed_there = holding(store)
    landed_there.records = cloud.records
    return landed_there


@pytest.mark.parametrize("when", _WHEN)
def test_what_a_killed_compactor_left_is_finished_by_the_next(
    lambda_: Lambda, tmp_path: Path, when: When
) -> None:
    # It makes some thirty calls; `make test-long` kills it in each.
    for moment in moments(step=1 if schedules() > 2_000 else 9):
        cloud = raw()
        killing = KillingCloud(cloud, moment=moment, when=when)
        with serving(killing, tmp_path / str(moment)) as environ:
            invoked(lambda_, "compactor", {}, killing, environ)

            once_in_the_lake(cloud, tmp_path / str(moment), environ)
        if not killing.struck:
            break
    assert moment > 20


def moments(step: int = 1) -> Iterator[int]:
    """Count the calls in which a function is killed, until it makes fewer."""
    return count(1, step)


def invoked(
    lambda_: Lambda,
    function: str,
    event: dict[str, Any],
    killing: KillingCloud,
    environ: dict[str, str],
) -> Any:
    """Invoke the function, and again when it was killed: it is killed at most once."""
    answer = lambda_.invoke(function, event, killing, environ)
    return answer or lambda_.invoke(function, event, killing, environ)
