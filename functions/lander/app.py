"""The lander: a batch of the stream in, objects under raw/ and rejected/ out."""

import os
from base64 import b64decode
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from functools import cache
from typing import Any

import boto3
from aws_lambda_powertools import Logger
from headwater.adapters.s3 import S3ObjectStore
from headwater.lake.landing import LandingRecord, land
from headwater.metrics import embedded
from headwater.settings import LanderSettings

logger = Logger(service="lander")


@cache
def _outside() -> tuple[S3ObjectStore, str]:
    settings = LanderSettings.from_env(os.environ)
    return S3ObjectStore(boto3.client("s3"), settings.bucket_name), settings.metrics_namespace


def handler(event: Mapping[str, Any], context: object) -> dict[str, list[dict[str, str]]]:
    """Land the batch; a fault of the bucket raises, and Lambda tries the whole batch again."""
    store, namespace = _outside()
    records = list(_records(event))
    landed = land(records, store)
    now = datetime.now(UTC)
    waited = max((now - record.arrived_at).total_seconds() for record in records)
    logger.info(
        "landed",
        accepted=landed.accepted,
        rejected=landed.rejected,
        objects=len(landed.objects),
        **embedded({"LandedAge": round(waited, 3)}, namespace=namespace, at=now),
    )
    return {"batchItemFailures": []}


def _records(event: Mapping[str, Any]) -> Iterator[LandingRecord]:
    """Read Lambda's Kinesis event; its eventID is `<shard>:<sequence number>`.

    https://docs.aws.amazon.com/lambda/latest/dg/with-kinesis.html, read 2026-11-23.
    """
    for record in event["Records"]:
        kinesis = record["kinesis"]
        yield LandingRecord(
            shard=record["eventID"].split(":", 1)[0],
            sequence=kinesis["sequenceNumber"],
            arrived_at=datetime.fromtimestamp(kinesis["approximateArrivalTimestamp"], UTC),
            lines=b64decode(kinesis["data"]),
        )
