"""The change log's handler on a real invocation payload, against moto's DynamoDB and S3."""

import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import boto3
import pytest
from aws_lambda_powertools.utilities.typing import LambdaContext
from changes import app
from headwater.ids import person_of_user
from moto import mock_aws

from tests.dynamodb_tables import create_table

BATCH: dict[str, Any] = json.loads(Path("events/changes/batch.json").read_text())
HOURLY: dict[str, Any] = json.loads(Path("events/changes/hourly.json").read_text())
DEVICE = "5285bc35-b2ad-4b6b-a0c2-3a2f0d2d2c6b"


def context(seconds: int) -> LambdaContext:
    """A call that has so many seconds left."""
    return cast(
        "LambdaContext",
        SimpleNamespace(get_remaining_time_in_millis=lambda: seconds * 1_000),
    )


@pytest.fixture(autouse=True)
def stack(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.setenv("BUCKET_NAME", "lake")
    monkeypatch.setenv("IDENTITY_TABLE", "identity")
    with mock_aws():
        boto3.client("s3").create_bucket(Bucket="lake")
        create_table("identity")
        app._outside.cache_clear()
        yield
        app._outside.cache_clear()


def test_changes_of_owners_and_persons_become_rows_of_one_object() -> None:
    answer = app.handler(BATCH, context(60))

    client = boto3.client("s3")
    (entry,) = client.list_objects_v2(Bucket="lake")["Contents"]
    body = client.get_object(Bucket="lake", Key=entry["Key"])["Body"].read()
    low, high = sorted((person_of_user("user-7"), person_of_user("user-8")))
    first, _, last = (record["dynamodb"]["SequenceNumber"] for record in BATCH["Records"])
    assert answer == {"batchItemFailures": []}
    assert entry["Key"] == f"identity_changes/dt=2026-03-01/{first}-{last}.ndjson.gz"
    assert [json.loads(line) for line in gzip.decompress(body).splitlines()] == [
        {
            "kind": "owner",
            "id_value": DEVICE,
            "owner_user_id": "user-8",
            "shared": False,
            "parent_id": None,
            "root_id": None,
            "seq": 1,
            "changed_at": "2026-03-01T12:05:01.000Z",
            "trigger_message_id": "ajs-next-1772366400000-3",
        },
        {
            "kind": "owner",
            "id_value": DEVICE,
            "owner_user_id": "user-7",
            "shared": False,
            "parent_id": None,
            "root_id": None,
            "seq": 2,
            "changed_at": "2026-03-01T12:05:02.000Z",
            "trigger_message_id": "ajs-next-1772366400000-2",
        },
        {
            "kind": "merge",
            "id_value": high,
            "owner_user_id": None,
            "shared": None,
            "parent_id": low,
            "root_id": low,
            "seq": (1 << 60) - int(low[:15], 16),
            "changed_at": "2026-03-01T12:05:03.000Z",
            "trigger_message_id": "node-2",
        },
    ]


def test_a_batch_that_comes_twice_writes_the_same_object_again() -> None:
    app.handler(BATCH, context(60))
    client = boto3.client("s3")
    (before,) = client.list_objects_v2(Bucket="lake")["Contents"]

    app.handler(BATCH, context(60))

    (after,) = client.list_objects_v2(Bucket="lake")["Contents"]
    assert (after["Key"], after["ETag"]) == (before["Key"], before["ETag"])


def test_the_schedule_tells_the_table_when_there_is_time() -> None:
    boto3.client("dynamodb").put_item(
        TableName="identity",
        Item={
            "pk": {"S": f"A#{DEVICE}"},
            "sk": {"S": "O"},
            "owner": {"S": "user-7"},
            "ots": {"N": "1772366400000"},
            "us": {"SS": ["user-7"]},
            "k": {"N": "5"},
            "v": {"N": "2"},
        },
    )
    client = boto3.client("s3")

    app.handler(HOURLY, context(60))
    assert "Contents" not in client.list_objects_v2(Bucket="lake")

    app.handler(HOURLY, context(300))
    (entry,) = client.list_objects_v2(Bucket="lake")["Contents"]
    (row,) = gzip.decompress(
        client.get_object(Bucket="lake", Key=entry["Key"])["Body"].read()
    ).splitlines()
    assert entry["Key"].endswith("/snapshot-00000.ndjson.gz")
    assert (json.loads(row)["id_value"], json.loads(row)["seq"]) == (DEVICE, 2)
