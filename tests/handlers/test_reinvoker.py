"""The reinvoker's handler on a real schedule payload, against moto's bucket."""

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import boto3
import pytest
from aws_lambda_powertools.utilities.typing import LambdaContext
from headwater.adapters.s3 import S3ObjectStore
from moto import mock_aws
from reinvoker import app

HOURLY: dict[str, Any] = json.loads(Path("events/reinvoker/hourly.json").read_text())


CONTEXT = cast("LambdaContext", SimpleNamespace(get_remaining_time_in_millis=lambda: 900_000))
ARN = "arn:aws:lambda:us-east-1:123456789012:function:changes"


class Consumer:
    def __init__(self) -> None:
        self.calls: list[tuple[str, bytes]] = []

    def invoke(self, function: str, event: bytes) -> bytes:
        self.calls.append((function, event))
        return b'{"batchItemFailures": []}'


def test_the_schedule_hands_every_batch_back(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    consumer = Consumer()
    with mock_aws():
        client = boto3.client("s3", region_name="us-east-1")
        client.create_bucket(Bucket="lake")
        record = {"requestContext": {"functionArn": ARN}, "payload": '{"Records":[]}'}
        client.put_object(Bucket="lake", Key="aws/lambda/x/1", Body=json.dumps(record).encode())
        monkeypatch.setattr(app, "_outside", lambda: (S3ObjectStore(client, "lake"), consumer))

        app.handler(HOURLY, CONTEXT)

        assert "Contents" not in client.list_objects_v2(Bucket="lake")
    assert consumer.calls == [(f"{ARN}:live", b'{"Records":[]}')]
