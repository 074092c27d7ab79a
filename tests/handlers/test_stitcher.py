"""The stitcher's handler on real invocation payloads, against moto's DynamoDB, SQS and S3."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from headwater.ids import person_of_user
from moto import mock_aws
from stitcher import app

from tests.dynamodb_tables import create_table

EVENTS = Path("events/stitcher")
BATCH: dict[str, Any] = json.loads((EVENTS / "batch.json").read_text())
UNREADABLE: dict[str, Any] = json.loads((EVENTS / "unreadable_line.json").read_text())


@pytest.fixture(autouse=True)
def stack(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.setenv("WORKSPACE", "demo")
    monkeypatch.setenv("BUCKET_NAME", "lake")
    monkeypatch.setenv("IDENTITY_TABLE", "identity")
    monkeypatch.setenv("FAN_OUT_FROM", "2026-03-01T12:00:00.000Z")
    with mock_aws():
        boto3.client("s3").create_bucket(Bucket="lake")
        queue = boto3.client("sqs").create_queue(QueueName="deliveries")["QueueUrl"]
        monkeypatch.setenv("DELIVERIES_QUEUE_URL", queue)
        app._outside.cache_clear()
        yield queue
        app._outside.cache_clear()


@pytest.fixture
def identity_table() -> None:
    create_table("identity")


def received(queue: str) -> dict[str, list[dict[str, Any]]]:
    """What waits in the queue: destination id → its events."""
    messages = boto3.client("sqs").receive_message(QueueUrl=queue, MaxNumberOfMessages=10)
    bodies = [json.loads(message["Body"]) for message in messages["Messages"]]
    return {body["destination_id"]: body["events"] for body in bodies}


@pytest.mark.usefixtures("identity_table")
def test_a_batch_is_delivered_under_the_person_that_it_makes(stack: str) -> None:
    answer = app.handler(BATCH, None)

    assert answer == {"batchItemFailures": []}
    assert {
        destination: [(event["type"], event["identity"]["personId"]) for event in events]
        for destination, events in received(stack).items()
    } == {
        "crm-webhook": [
            ("page", person_of_user("user-7")),
            ("identify", person_of_user("user-7")),
            ("track", person_of_user("user-7")),
        ],
        "second-pipeline": [
            ("identify", person_of_user("user-7")),
            ("track", person_of_user("user-7")),
        ],
    }


@pytest.mark.usefixtures("identity_table")
def test_a_line_that_cannot_be_read_is_set_aside_and_the_rest_delivered(stack: str) -> None:
    answer = app.handler(UNREADABLE, None)

    client = boto3.client("s3")
    (entry,) = client.list_objects_v2(Bucket="lake")["Contents"]
    kept = json.loads(client.get_object(Bucket="lake", Key=entry["Key"])["Body"].read())
    assert answer == {"batchItemFailures": []}
    assert kept["record"] == UNREADABLE["Records"][0]["eventID"]
    assert kept["line"] == '{"schema":1,"type":"page"'
    assert [event["type"] for event in received(stack)["crm-webhook"]] == ["page"]


def test_without_its_table_the_batch_comes_again_from_the_first_record_that_needs_it(
    stack: str,
) -> None:
    answer = app.handler(BATCH, None)

    first = BATCH["Records"][0]["kinesis"]["sequenceNumber"]
    assert answer == {"batchItemFailures": [{"itemIdentifier": first}]}
    assert "Messages" not in boto3.client("sqs").receive_message(QueueUrl=stack)


@pytest.mark.usefixtures("identity_table")
def test_events_received_before_the_time_of_the_setting_are_linked_but_not_delivered(
    stack: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FAN_OUT_FROM", "2026-03-01T12:06:00.000Z")

    app.handler(BATCH, None)

    assert [
        (event["type"], event["identity"]["personId"]) for event in received(stack)["crm-webhook"]
    ] == [("track", person_of_user("user-7"))]
    assert boto3.client("dynamodb").scan(TableName="identity")["Count"] == 2
