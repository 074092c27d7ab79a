"""The reconciler over real handlers: an hour that lost one event says so, whichever way it was lost."""

import gzip
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import boto3
import pytest
from headwater.lake.compaction import Compactor
from reconciler import app

from tests.handlers.pipeline import Pipeline, running

pytestmark = pytest.mark.enable_socket

HOUR = (datetime.now(UTC) - timedelta(hours=2)).replace(minute=0, second=0, microsecond=0)
MILLISECOND = timedelta(milliseconds=1)
# The first and the last moment of the hour, and its neighbours': arrival hours differ from these.
MOMENTS = (HOUR, HOUR + timedelta(minutes=30), HOUR + timedelta(hours=1) - MILLISECOND)
NEXT_DOOR = (HOUR - MILLISECOND, HOUR + timedelta(hours=1))


@pytest.fixture
def pipeline(monkeypatch: pytest.MonkeyPatch) -> Iterator[Pipeline]:
    with running(monkeypatch) as started:
        app._outside.cache_clear()
        yield started
        app._outside.cache_clear()


def reconciled() -> dict[str, Any]:
    return app.handler({"hour": f"{HOUR:%Y-%m-%dT%H}"}, None)


def sent(pipeline: Pipeline) -> None:
    """Twelve lines in the hour, of which three are rejected; two of twelve neighbours' next door."""
    for number, at in enumerate((*MOMENTS, *NEXT_DOOR)):
        status = pipeline.send(
            {"type": "track", "event": "Product Viewed", "anonymousId": f"a-{number}"},
            {"type": "identify", "userId": f"customer {number}", "anonymousId": f"a-{number}"},
            {"type": "page", "anonymousId": f"a-{number}", "messageId": f"page {number}"},
            {"type": "page", "anonymousId": f"a-{number}", "messageId": f"page {number}"},
            {"type": "track", "anonymousId": f"a-{number}"},
            {"type": "track", "anonymousId": f"a-{number}"},
            at=at,
        )
        assert status == 200


def raw(pipeline: Pipeline, prefix: str = "raw/") -> list[str]:
    return [found.key for found in pipeline.store.list(prefix)]


def lose_a_line(pipeline: Pipeline, prefix: str) -> None:
    """Take one line of the hour out of an object."""
    for key in raw(pipeline, prefix):
        lines = gzip.decompress(pipeline.store.get(key)).splitlines(keepends=True)
        ours = [
            line
            for line in lines
            if json.loads(line)["receivedAt"].startswith(f"{HOUR:%Y-%m-%dT%H}")
        ]
        if ours:
            left = [line for line in lines if line != ours[-1]]  # with its copy, if it has one
            pipeline.store.put(key, gzip.compress(b"".join(left)))
            return
    raise AssertionError("no line of the hour")


def test_an_hour_without_loss_adds_up_at_its_edges(pipeline: Pipeline) -> None:
    sent(pipeline)
    pipeline.run()

    said = reconciled()

    # Each request has one stored line and one rejected line twice, which are one each.
    assert (said["said"], said["kept"], said["difference"]) == (12, 12, 0)


@pytest.mark.parametrize("prefix", ["raw/", "rejected/"])
def test_one_lost_line_is_a_difference_of_one(pipeline: Pipeline, prefix: str) -> None:
    sent(pipeline)
    pipeline.run()
    before = reconciled()["kept"]

    lose_a_line(pipeline, prefix)

    said = reconciled()
    assert (before - said["kept"], said["missing"], said["difference"]) == (1, 1, 1)


def test_lines_that_landed_twice_hide_no_loss(pipeline: Pipeline) -> None:
    sent(pipeline)
    pipeline.land()
    once = len(raw(pipeline))
    pipeline._landed = 1  # the batch comes again, cut differently
    pipeline.run()
    assert len(raw(pipeline)) > once
    assert reconciled()["difference"] == 0

    for key in raw(pipeline):
        body = gzip.decompress(pipeline.store.get(key)).splitlines(keepends=True)
        kept = [line for line in body if b'"page 1"' not in line]
        pipeline.store.put(key, gzip.compress(b"".join(kept)))

    assert reconciled()["missing"] == 1


def test_a_record_that_the_stream_lost_is_missing(pipeline: Pipeline) -> None:
    sent(pipeline)
    lost = pipeline.stream.records.pop(1)
    pipeline._arrived.pop(1)
    pipeline.run()

    assert reconciled()["missing"] == len(set(lost.data.splitlines()))


def test_compacted_lines_are_kept_lines(pipeline: Pipeline, tmp_path: Path) -> None:
    sent(pipeline)
    pipeline.run()
    compactor = Compactor(
        store=pipeline.store,
        directory=tmp_path,
        now=lambda: datetime.now(UTC),
        lease_for=timedelta(minutes=20),
    )
    assert sum(ending.added for ending in compactor.run() if hasattr(ending, "added"))

    assert raw(pipeline) == []
    assert reconciled()["difference"] == 0


def test_spilled_lines_wait_and_are_not_lost(pipeline: Pipeline) -> None:
    pipeline.stream.down = True
    sent(pipeline)
    pipeline.run()

    said = reconciled()

    assert (said["kept"], said["waiting"], said["difference"]) == (0, 12, 0)


def test_a_batch_that_lambda_gave_up_on_waits(pipeline: Pipeline) -> None:
    sent(pipeline)
    handed: list[Any] = []

    def refuse(event: Any, _: Any) -> Any:
        handed.append(event)
        return {"batchItemFailures": []}

    pipeline._consume("a lander without a bucket", refuse, 0)
    gave_up = {
        "requestContext": {"functionArn": "arn:aws:lambda:us-east-1:1:function:lander:live"},
        "payload": json.dumps(handed[0]),
    }
    pipeline.store.put("aws/lambda/1", json.dumps(gave_up).encode())

    said = reconciled()

    assert (said["kept"], said["waiting"], said["missing"]) == (0, 12, 0)


def test_an_event_that_no_destination_heard_of_is_a_difference(pipeline: Pipeline) -> None:
    sent(pipeline)
    pipeline.land()
    pipeline.stitch()
    queue = boto3.client("sqs")
    url = queue.get_queue_url(QueueName="deliveries")["QueueUrl"]
    attributes = queue.receive_message(QueueUrl=url, MaxNumberOfMessages=10)
    messages = attributes["Messages"]
    (first, *_) = [
        one for one in messages if json.loads(one["Body"])["destination_id"] == "crm-webhook"
    ]
    body = json.loads(first["Body"])
    ours = [
        event
        for event in body["events"]
        if event["receivedAt"].startswith(f"{HOUR:%Y-%m-%dT%H}") and event["type"] == "identify"
    ]
    body["events"].remove(ours[0])
    for one in messages:
        queue.delete_message(QueueUrl=url, ReceiptHandle=one["ReceiptHandle"])
        if one is not first:
            queue.send_message(QueueUrl=url, MessageBody=one["Body"])
    queue.send_message(QueueUrl=url, MessageBody=json.dumps(body))
    pipeline.forward()

    said = reconciled()

    assert (said["missing"], said["unheard"], said["difference"]) == (0, {"crm-webhook": 1}, 1)


def test_the_schedule_asks_for_the_hour_that_has_settled(pipeline: Pipeline) -> None:
    event = json.loads(Path("events/reconciler/schedule.json").read_text())

    before = datetime.now(UTC)
    said = app.handler(event, None)

    # An hour may end while the handler is at work.
    now = (before, datetime.now(UTC))
    assert said["hour"] in {f"{at - timedelta(hours=2):%Y-%m-%dT%H}:00:00.000Z" for at in now}
