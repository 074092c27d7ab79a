"""The eraser's handler on a real invocation payload, against moto's bucket, tables and queues."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast

import boto3
import pytest
from aws_lambda_powertools.utilities.typing import LambdaContext
from eraser import app
from headwater.adapters.dynamodb import DynamoTable
from headwater.erasure.kinds import Kind
from headwater.erasure.ledger import Job, a_job
from headwater.privacy.suppressions import published
from headwater.record import to_iso
from moto import mock_aws

from tests.dynamodb_tables import create_table
from tests.erasure.scan import found, of_items
from tests.erasure.world import ANNA, LAPTOP, World, seeded
from tests.handlers.test_compactor import Context
from tests.short_polls import poll_shortly

QUARTERLY: dict[str, Any] = json.loads(Path("events/eraser/quarterly.json").read_text())


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[World]:
    """The seeded world, put into moto's services."""
    environ = {
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_DEFAULT_REGION": "us-east-1",
        "WORKSPACE": "demo",
        "BUCKET_NAME": "lake",
        "IDENTITY_TABLE": "identity",
        "SUPPRESSIONS_TABLE": "suppressions",
        "STREAM_RETENTION_HOURS": "24",
        "TMPDIR": str(tmp_path),
    }
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    with mock_aws():
        session = boto3.Session()
        poll_shortly(session.events)
        monkeypatch.setattr(boto3, "DEFAULT_SESSION", session)
        seed = seeded(tmp_path)
        bucket, sqs = boto3.client("s3"), boto3.client("sqs")
        bucket.create_bucket(Bucket="lake")
        for key, body in seed.store.objects.items():
            bucket.put_object(Bucket="lake", Key=key, Body=body)
        create_table("identity")
        create_table("suppressions")
        table = boto3.resource("dynamodb").Table("identity")
        for item in seed.table.items.values():
            table.put_item(Item=dict(item))
        for variable, queue in zip(
            ("DELIVERIES_QUEUE_URL", "DEAD_LETTERS_QUEUE_URL"), seed.queues.values(), strict=True
        ):
            url = sqs.create_queue(QueueName=variable)["QueueUrl"]
            monkeypatch.setenv(variable, url)
            for message in queue.waiting.values():
                sqs.send_message(QueueUrl=url, MessageBody=message.body)
        app._outside.cache_clear()
        yield seed
        app._outside.cache_clear()


def contents() -> Iterator[tuple[str, bytes]]:
    bucket, sqs = boto3.client("s3"), boto3.client("sqs")
    for page in bucket.get_paginator("list_objects_v2").paginate(Bucket="lake"):
        for entry in page.get("Contents", ()):
            yield entry["Key"], bucket.get_object(Bucket="lake", Key=entry["Key"])["Body"].read()
    for name in ("identity", "suppressions"):
        yield from of_items(DynamoTable(boto3.client("dynamodb"), name).scan())
    for url in sqs.list_queues()["QueueUrls"]:
        while got := sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
            yield from ((url, message["Body"].encode()) for message in got)


def run(milliseconds: int) -> dict[str, int]:
    return app.handler(QUARTERLY, cast("LambdaContext", Context(milliseconds)))


def write_down(job: Job) -> None:
    boto3.client("s3").put_object(Bucket="lake", Key=job.key, Body=job.to_bytes())


def a_request(kind: Kind, asked: str = "user-1", **fields: Any) -> Job:
    day = timedelta(hours=30) if fields.pop("long_ago", False) else timedelta()
    at = to_iso(datetime.now(UTC) - day)
    return a_job("a" * 32, kind, "user", asked, requested_at=at, secret="5e" * 32, **fields)


def test_a_request_is_worked_off_until_the_stream_must_forget(
    world: World, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    write_down(a_request(Kind.SUPPRESS_WITH_DELETE))

    assert run(900_000) == {"requests": 1, "done": 0}

    # Only the request itself still names her, until its second pass is due.
    left = [
        place
        for place in found(contents(), ANNA, tmp_path)
        if not place.startswith("deletions/requests/")
    ]
    assert left == []
    bucket = boto3.client("s3")
    key = f"deletions/requests/{'a' * 32}.json"
    job = json.loads(bucket.get_object(Bucket="lake", Key=key)["Body"].read())
    assert job["status"] == "second_pass_due"
    assert run(900_000) == {"requests": 1, "done": 0}
    bucket.put_object(
        Bucket="lake", Key=key, Body=json.dumps({**job, "second_pass_due": job["requested_at"]})
    )

    assert run(900_000) == {"requests": 1, "done": 1}

    assert found(contents(), ANNA, tmp_path) == []
    said = str([vars(record) for record in caplog.records])
    assert "second_pass_due" in said
    assert not any(id_ in said for id_ in ANNA)


def test_without_time_nothing_is_lost_and_the_next_run_goes_on(world: World) -> None:
    write_down(a_request(Kind.SUPPRESS_WITH_DELETE))

    run(10_000)

    # Suppressed all the same: that comes first.
    store = app._outside()["store"]
    assert published(store).anyone(users=["user-1"], anonymous=[])
    assert published(store).anyone(users=[], anonymous=[LAPTOP])
    run(900_000)
    (job,) = (Job.from_bytes(store.get(each.key)) for each in store.list("deletions/requests/"))
    assert job.status == "second_pass_due"
