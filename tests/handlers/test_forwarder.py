"""The forwarder's handler on a real invocation payload, against moto and a vendor on loopback."""

import base64
import gzip
import hashlib
import hmac
import json
import socket
from collections.abc import Iterator
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import boto3
import pytest
from forwarder import app
from headwater.record import to_iso
from moto import mock_aws

from tests.dynamodb_tables import create_table
from tests.vendor import Asked, Vendor, reply, vendor

pytestmark = pytest.mark.enable_socket

BATCH: dict[str, Any] = json.loads(Path("events/forwarder/batch.json").read_text())
SCHEDULE: dict[str, Any] = json.loads(Path("events/forwarder/schedule.json").read_text())
CONTEXT: Any = SimpleNamespace(get_remaining_time_in_millis=lambda: 60_000)


@pytest.fixture
def queue(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    for name, value in {
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_DEFAULT_REGION": "us-east-1",
        "WORKSPACE": "demo",
        "BUCKET_NAME": "lake",
        "BREAKERS_TABLE": "breakers",
    }.items():
        monkeypatch.setenv(name, value)
    with mock_aws():
        boto3.client("s3").create_bucket(Bucket="lake")
        create_table("breakers")
        url = boto3.client("sqs").create_queue(QueueName="deliveries")["QueueUrl"]
        monkeypatch.setenv("DELIVERIES_QUEUE_URL", url)
        app._outside.cache_clear()
        yield url
        app._outside.cache_clear()


def keep_secrets(there: Vendor) -> None:
    client = boto3.client("secretsmanager")
    for name, value in {
        "webhook-url": f"{there.url}/webhook",
        "webhook-secret": "whsec-1",
        "relay-url": there.url,
        "relay-write-key": "test-write-key",
    }.items():
        client.create_secret(Name=f"headwater-demo/{name}", SecretString=value)


def begun_now(record: dict[str, Any]) -> dict[str, Any]:
    """The record as if it had just been queued: a real clock decides when to give up."""
    delivery = {**json.loads(record["body"]), "first_at": to_iso(datetime.now(UTC))}
    return {**record, "body": json.dumps(delivery)}


def kept() -> dict[str, bytes]:
    client = boto3.client("s3")
    return {
        entry["Key"].split("/dt=")[0]: gzip.decompress(
            client.get_object(Bucket="lake", Key=entry["Key"])["Body"].read()
        )
        for entry in client.list_objects_v2(Bucket="lake").get("Contents", [])
    }


def test_a_batch_reaches_its_destinations_and_what_has_none_is_kept(queue: str) -> None:
    with vendor(lambda _, connection, __: reply(connection, 200)) as there:
        keep_secrets(there)
        answer = app.handler(BATCH, CONTEXT)

    assert answer == {"batchItemFailures": []}
    webhook, relay = sorted(there.asked, key=lambda asked: asked.path, reverse=True)
    assert (webhook.path, json.loads(webhook.body)["messageId"]) == ("/webhook", "msg-1")
    assert webhook.headers["idempotency-key"] == "msg-1"
    assert (
        hmac.new(b"whsec-1", webhook.body, hashlib.sha1).hexdigest()
        == (webhook.headers["x-signature"])
    )
    assert relay.path == "/v1/batch"
    assert base64.b64decode(relay.headers["authorization"].removeprefix("Basic ")) == (
        b"test-write-key:"
    )
    assert [call["messageId"] for call in json.loads(relay.body)["batch"]] == ["msg-1", "msg-2"]
    assert sorted(kept()) == ["deliveries", "undeliverable/gone", "undeliverable/malformed"]
    rows = [json.loads(line) for line in kept()["deliveries"].splitlines()]
    assert sorted((row["destination_id"], row["message_id"], row["outcome"]) for row in rows) == [
        ("crm-webhook", "msg-1", "delivered"),
        ("gone", "msg-1", "undeliverable"),
        ("second-pipeline", "msg-1", "delivered"),
        ("second-pipeline", "msg-2", "delivered"),
    ]


def test_what_a_vendor_cannot_take_now_is_back_on_the_queue(queue: str) -> None:
    def answer(asked: Asked, connection: socket.socket, _: Vendor) -> None:
        reply(connection, 503 if asked.path == "/webhook" else 200)

    with vendor(answer) as there:
        keep_secrets(there)
        records = [begun_now(record) for record in BATCH["Records"][:2]]
        result = app.handler({"Records": records}, CONTEXT)

    attributes = boto3.client("sqs").get_queue_attributes(
        QueueUrl=queue, AttributeNames=["ApproximateNumberOfMessagesDelayed"]
    )["Attributes"]
    waiting = boto3.client("sqs").receive_message(QueueUrl=queue).get("Messages", [])
    assert result == {"batchItemFailures": []}
    assert int(attributes["ApproximateNumberOfMessagesDelayed"]) + len(waiting) == 1


def test_when_the_bucket_is_gone_the_message_stays_on_the_queue(queue: str) -> None:
    boto3.client("s3").delete_bucket(Bucket="lake")
    gone = BATCH["Records"][2]

    answer = app.handler({"Records": [gone]}, CONTEXT)

    assert answer == {"batchItemFailures": [{"itemIdentifier": gone["messageId"]}]}


def test_a_log_line_holds_nothing_personal_or_secret(
    queue: str,
) -> None:
    log = StringIO()
    app.logger.registered_handler.setStream(log)  # type: ignore[attr-defined]

    with vendor(lambda _, connection, __: reply(connection, 404, b"ada@example.com")) as there:
        keep_secrets(there)
        app.handler(BATCH, CONTEXT)

    logged = log.getvalue()
    assert "http_404" in logged
    for private in (
        "ada@example.com",
        "device-1",
        "user-1",
        "whsec-1",
        "test-write-key",
        there.url,
    ):
        assert private not in logged


def test_what_was_parked_comes_back_on_the_schedule(queue: str) -> None:
    def throttled(asked: Asked, connection: socket.socket, _: Vendor) -> None:
        reply(connection, 429, headers={"Retry-After": "3600"})

    with vendor(throttled) as there:
        keep_secrets(there)
        app.handler({"Records": [begun_now(BATCH["Records"][0])]}, CONTEXT)
    client = boto3.client("s3")
    (parked,) = client.list_objects_v2(Bucket="lake", Prefix="parked/")["Contents"]
    due = parked["Key"].replace("-1", "-0", 1)  # an hour from now becomes long ago
    client.copy_object(Bucket="lake", Key=due, CopySource={"Bucket": "lake", "Key": parked["Key"]})
    client.delete_object(Bucket="lake", Key=parked["Key"])

    answer = app.handler(SCHEDULE, CONTEXT)

    (message,) = boto3.client("sqs").receive_message(QueueUrl=queue)["Messages"]
    assert answer == {"returned": {"crm-webhook": 1}}
    assert json.loads(message["Body"])["events"][0]["messageId"] == "msg-1"
    assert "Contents" not in client.list_objects_v2(Bucket="lake", Prefix="parked/")
