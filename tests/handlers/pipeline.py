"""The whole way of an event in this process: the real handlers, one after the other, over moto.

A function that is `broken` does nothing when it is called, as one that raises at once.
"""

import json
import logging
from base64 import b64encode
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from socket import socket
from types import SimpleNamespace
from typing import Any, cast

import boto3
import collector.app
import forwarder.app
import lander.app
import pytest
import stitcher.app
from aws_lambda_powertools.utilities.typing import LambdaContext
from headwater.adapters.s3 import S3ObjectStore
from headwater.workspace import load
from moto import mock_aws

from tests.dynamodb_tables import create_table
from tests.fakes import MemoryStream
from tests.vendor import Answer, Asked, Vendor, reply, vendor

CONTEXT = cast("LambdaContext", SimpleNamespace(get_remaining_time_in_millis=lambda: 60_000))
NAMESPACE = "headwater-test"
SHARD = "shardId-000000000000"
BROWSER_KEY = "demoBrowserKey000000000000000001"


class Pipeline:
    """One deployment; every step is taken by calling for it."""

    def __init__(self, vendor: Vendor) -> None:
        self.vendor = vendor
        self.broken: set[str] = set()
        self.stream = MemoryStream()
        self.store = S3ObjectStore(boto3.client("s3"), "lake")
        self._means = collector.app.Adapters(
            load("demo"), self.stream, self.store, metrics_namespace=NAMESPACE
        )
        self._landed = self._stitched = 0
        self._arrived: list[datetime] = []

    def request(self, event: Mapping[str, Any], *, at: datetime) -> dict[str, Any]:
        """Have the collector answer API Gateway's event at the time given."""
        if "collector" in self.broken:
            return {"statusCode": 500, "body": "", "headers": {}}
        answer = collector.app.respond(event, self._means, now=at)
        self._arrived.extend([at] * (len(self.stream.records) - len(self._arrived)))
        return answer

    def send(self, *calls: Mapping[str, Any], at: datetime, key: str = BROWSER_KEY) -> int:
        """Send a batch of calls and return the status."""
        body = json.dumps({"writeKey": key, "batch": calls})
        return int(self.request(post("/ev/v1/batch", body), at=at)["statusCode"])

    def land(self) -> None:
        self._landed = self._consume("lander", lander.app.handler, self._landed)

    def stitch(self) -> None:
        self._stitched = self._consume("stitcher", stitcher.app.handler, self._stitched)

    def forward(self) -> None:
        """Deliver what is queued; a message of a broken forwarder stays on the queue."""
        queue = boto3.client("sqs")
        url = queue.get_queue_url(QueueName="deliveries")["QueueUrl"]
        while messages := queue.receive_message(
            QueueUrl=url, MaxNumberOfMessages=10, VisibilityTimeout=30
        ).get("Messages"):
            if "forwarder" in self.broken:
                for message in messages:
                    queue.change_message_visibility(
                        QueueUrl=url, ReceiptHandle=message["ReceiptHandle"], VisibilityTimeout=0
                    )
                return
            records = [{"messageId": one["MessageId"], "body": one["Body"]} for one in messages]
            assert not forwarder.app.handler({"Records": records}, CONTEXT)["batchItemFailures"]
            for message in messages:
                queue.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])

    def run(self) -> None:
        """Take every event all the way."""
        for step in (self.land, self.stitch, self.forward):
            step()

    def _consume(self, name: str, handler: Any, done: int) -> int:
        records = [
            {
                "eventID": f"{SHARD}:{number:020d}",
                "kinesis": {
                    "sequenceNumber": f"{number:020d}",
                    "data": b64encode(record.data).decode(),
                    "approximateArrivalTimestamp": self._arrived[number].timestamp(),
                },
            }
            for number, record in enumerate(self.stream.records)
        ][done:]
        if name in self.broken or not records:
            return done
        assert handler({"Records": records}, None) == {"batchItemFailures": []}
        return done + len(records)


def post(path: str, body: str) -> dict[str, Any]:
    """API Gateway's event of a POST from the shop's own page."""
    return {
        "version": "2.0",
        "rawPath": path,
        "rawQueryString": "",
        "headers": {"content-type": "application/json", "origin": "http://localhost:8787"},
        "requestContext": {
            "requestId": "JKJaXmPLvHcESHA=",
            "http": {"method": "POST", "path": path, "sourceIp": "203.0.113.66"},
        },
        "body": body,
        "isBase64Encoded": False,
    }


class Watched(logging.Handler):
    """Does with embedded metrics what CloudWatch does with them."""

    def emit(self, record: logging.LogRecord) -> None:
        line = json.loads(logging.getLogger(record.name).handlers[0].format(record))
        for group in line.get("_aws", {}).get("CloudWatchMetrics", ()):
            boto3.client("cloudwatch").put_metric_data(
                Namespace=group["Namespace"],
                MetricData=[
                    {
                        "MetricName": metric["Name"],
                        "Value": line[metric["Name"]],
                        "Timestamp": line["_aws"]["Timestamp"] / 1000,
                    }
                    for metric in group["Metrics"]
                ],
            )


def _takes(asked: Asked, connection: socket, there: Vendor) -> None:
    reply(connection, 200)


@contextmanager
def running(
    monkeypatch: pytest.MonkeyPatch, answer: Answer = _takes, *, canary: bool = False
) -> Iterator[Pipeline]:
    """A deployment of the demo workspace; its destinations, and the canary's, answer as given."""
    for name, value in {
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_DEFAULT_REGION": "us-east-1",
        "METRICS_NAMESPACE": NAMESPACE,
        "WORKSPACE": "demo",
        "BUCKET_NAME": "lake",
        "IDENTITY_TABLE": "identity",
        "BREAKERS_TABLE": "breakers",
        "FAN_OUT_FROM": "2000-01-01T00:00:00.000Z",
        "LANDER_FUNCTION": "lander",
    }.items():
        monkeypatch.setenv(name, value)
    watched = Watched()
    apps: tuple[Any, ...] = (collector.app, lander.app, stitcher.app, forwarder.app)
    with mock_aws(), vendor(answer) as there:
        boto3.client("s3").create_bucket(Bucket="lake")
        for table in ("identity", "breakers"):
            create_table(table)
        url = boto3.client("sqs").create_queue(QueueName="deliveries")["QueueUrl"]
        monkeypatch.setenv("DELIVERIES_QUEUE_URL", url)
        if canary:
            monkeypatch.setenv("CANARY_URL", f"{there.url}/ev")
        for name, value in {
            "webhook-url": f"{there.url}/webhook",
            "webhook-secret": "whsec-1",
            "relay-url": there.url,
            "relay-write-key": "test-write-key",
        }.items():
            boto3.client("secretsmanager").create_secret(
                Name=f"headwater-demo/{name}", SecretString=value
            )
        for app in apps:
            app.logger.addHandler(watched)
        for app in apps[1:]:
            app._outside.cache_clear()
        try:
            yield Pipeline(there)
        finally:
            for app in apps:
                app.logger.removeHandler(watched)
            for app in apps[1:]:
                app._outside.cache_clear()
