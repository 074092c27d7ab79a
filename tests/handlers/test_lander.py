"""The lander's handler on a real invocation payload, against moto's S3."""

import gzip
import json
from pathlib import Path
from typing import Any

import boto3
import pytest
from lander import app
from moto import mock_aws

BATCH: dict[str, Any] = json.loads(Path("events/lander/batch.json").read_text())


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.setenv("BUCKET_NAME", "lake")
    app._outside.cache_clear()


def test_a_batch_of_the_stream_lands_by_shard_and_sequence() -> None:
    with mock_aws():
        client = boto3.client("s3")
        client.create_bucket(Bucket="lake")

        answer = app.handler(BATCH, None)

        listed = client.list_objects_v2(Bucket="lake")["Contents"]
        bodies = {
            entry["Key"]: gzip.decompress(
                client.get_object(Bucket="lake", Key=entry["Key"])["Body"].read()
            )
            for entry in listed
        }
    first, last = (record["kinesis"]["sequenceNumber"] for record in BATCH["Records"])
    name = f"dt=2026-03-01/hr=12/shardId-000000000006-{first}-{last}.ndjson.gz"
    assert answer == {"batchItemFailures": []}
    assert {key: body.count(b"\n") for key, body in bodies.items()} == {
        f"raw/{name}": 2,
        f"rejected/{name}": 1,
    }
    assert json.loads(bodies[f"rejected/{name}"])["code"] == "event_not_defined"
