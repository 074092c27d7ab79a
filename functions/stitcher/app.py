"""The stitcher: a batch of the stream in, people kept up to date and deliveries queued."""

import os
import time
from base64 import b64decode
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any

import boto3
from aws_lambda_powertools import Logger
from botocore.config import Config
from headwater import canary
from headwater.adapters.dynamodb import DynamoTable
from headwater.adapters.kept_copy import KeptCopy
from headwater.adapters.s3 import S3ObjectStore
from headwater.adapters.sqs import SqsQueue
from headwater.destination import Configured
from headwater.destinations import check
from headwater.identity.lines import Record
from headwater.identity.store import IdentityStore
from headwater.metrics import embedded
from headwater.ports import ObjectStore, Queue
from headwater.privacy.suppressed import Suppressed
from headwater.privacy.suppressions import published
from headwater.record import from_iso
from headwater.settings import StitcherSettings
from headwater.stitch import Stitched, stitch
from headwater.workspace import IdentityPolicy, load

logger = Logger(service="stitcher")

# A single-digit-millisecond service that says nothing for two seconds will not: try again at once.
_IMPATIENT = Config(
    connect_timeout=1, read_timeout=2, retries={"mode": "standard", "total_max_attempts": 4}
)

# For a container's first batch, which would know of nobody otherwise.
_PATIENCE_SECONDS = 5.0


@dataclass(frozen=True)
class _Outside:
    store: IdentityStore
    configured: tuple[Configured, ...]
    queue: Queue
    objects: ObjectStore
    policy: IdentityPolicy
    fan_out_from: datetime
    suppressed: KeptCopy[Suppressed]
    metrics_namespace: str


@cache
def _outside() -> _Outside:
    """Build once a container, so that its memory of the registers lasts as long as it does."""
    settings = StitcherSettings.from_env(os.environ)
    workspace = load(settings.workspace)
    table = DynamoTable(boto3.client("dynamodb", config=_IMPATIENT), settings.identity_table)
    objects = S3ObjectStore(boto3.client("s3"), settings.bucket_name)
    return _Outside(
        IdentityStore(table, max_users_per_device=workspace.identity.max_users_per_device),
        (*check(workspace), *_canary(settings)),
        SqsQueue(boto3.client("sqs"), settings.deliveries_queue_url),
        objects,
        workspace.identity,
        from_iso(settings.fan_out_from),
        KeptCopy(
            lambda _: published(objects),
            Suppressed(),
            seconds=time.monotonic,
            stale_seconds=float("inf"),  # an old list suppresses most
        ),
        settings.metrics_namespace,
    )


def _canary(settings: StitcherSettings) -> tuple[Configured, ...]:
    return (canary.destination(settings.canary_url),) if settings.canary_url else ()


def handler(event: Mapping[str, Any], context: object) -> dict[str, Any]:
    """Stitch the batch; name the record from which Lambda must deliver it again, if any."""
    outside, now = _outside(), datetime.now(UTC)
    outside.suppressed.begin()
    stitched = stitch(
        list(_records(event)),
        store=outside.store,
        configured=outside.configured,
        queue=outside.queue,
        objects=outside.objects,
        now=now,
        policy=outside.policy,
        fan_out_from=outside.fan_out_from,
        suppressed=outside.suppressed.value(patience_seconds=_PATIENCE_SECONDS),
    )
    _report(
        stitched,
        embedded({"SetAside": stitched.set_aside}, namespace=outside.metrics_namespace, at=now),
    )
    failed = stitched.failed_from
    return {"batchItemFailures": [{"itemIdentifier": failed}] if failed else []}


def _records(event: Mapping[str, Any]) -> Iterator[Record]:
    """Read Lambda's Kinesis event; its eventID is `<shard>:<sequence number>`.

    https://docs.aws.amazon.com/lambda/latest/dg/with-kinesis.html, read 2026-11-23.
    """
    for record in event["Records"]:
        kinesis = record["kinesis"]
        yield Record(record["eventID"], kinesis["sequenceNumber"], b64decode(kinesis["data"]))


def _report(stitched: Stitched, metrics: Mapping[str, Any]) -> None:
    logger.info(
        "stitched",
        events=stitched.events,
        messages=stitched.messages,
        set_aside=stitched.set_aside,
        **metrics,
    )
    if stitched.failed_from:
        logger.error("delivered again", failed_from=stitched.failed_from, fault=stitched.fault)
