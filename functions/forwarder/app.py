"""The forwarder: queued events in, delivered to their destinations, each in its own lane.

On a schedule it brings back to the queue what was parked and is due.
"""

import os
import random
import time
from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from functools import cache
from typing import Any

import boto3
from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext
from botocore.config import Config
from headwater import canary
from headwater.adapters import lambda_environment
from headwater.adapters.aws_signed import AwsSigned
from headwater.adapters.dynamodb import DynamoTable
from headwater.adapters.http import UrllibHttp
from headwater.adapters.kept_copy import KeptCopy
from headwater.adapters.late import late
from headwater.adapters.s3 import S3ObjectStore
from headwater.adapters.secrets import SecretsManager
from headwater.adapters.sqs import SqsQueue
from headwater.deliver import deliver
from headwater.delivery.breaker import Breakers
from headwater.delivery.outside import Outside, Received, Report
from headwater.delivery.pace import Pace
from headwater.delivery.parking import bring_back
from headwater.delivery.slowness import Slowness
from headwater.destination import Configured
from headwater.destinations import check
from headwater.metrics import embedded
from headwater.privacy.suppressed import Suppressed
from headwater.privacy.suppressions import published
from headwater.settings import ForwarderSettings
from headwater.workspace import load

logger = Logger(service="forwarder")

# What the queue and the bucket need at the end, when every destination has had its time.
_KEPT_BACK_SECONDS = 10.0
# More than this for one batch would only hold the place of others.
_MOST_SECONDS = 25.0
# For a container's first batch, which would know of nobody suppressed otherwise.
_PATIENCE_SECONDS = 5.0

# Both tries fit into what is kept back: a bucket that hangs delays no acknowledgement past the time-out.
_SOON = Config(connect_timeout=1, read_timeout=3, retries={"total_max_attempts": 2})


@cache
def _outside() -> tuple[Mapping[str, Configured], Outside, str]:
    """Build once a container, so that connections and secrets live as long as it does."""
    settings = ForwarderSettings.from_env(os.environ)
    configured = {one.id: one for one in check(load(settings.workspace))}
    if settings.canary_url:
        configured[canary.DESTINATION_ID] = canary.destination(settings.canary_url)
    store = S3ObjectStore(boto3.client("s3"), settings.bucket_name)
    suppressed = KeptCopy(
        lambda _: published(store),
        Suppressed(),
        seconds=time.monotonic,
        stale_seconds=float("inf"),  # an old list suppresses most
    )

    def held() -> Suppressed:
        suppressed.begin()
        return suppressed.value(patience_seconds=_PATIENCE_SECONDS)

    breakers = DynamoTable(boto3.client("dynamodb"), settings.breakers_table)
    outside = Outside(
        http=AwsSigned(
            UrllibHttp(),
            credentials=lambda_environment.credentials(os.environ),
            now=lambda: datetime.now(UTC),
        ),
        queue=SqsQueue(boto3.client("sqs"), settings.deliveries_queue_url),
        store=store,
        outcomes=S3ObjectStore(boto3.client("s3", config=_SOON), settings.bucket_name),
        secrets=SecretsManager(
            boto3.client("secretsmanager"),
            seconds=time.monotonic,
            parameters=late(lambda: boto3.client("ssm")),
        ),
        breakers=Breakers(breakers, seconds=time.monotonic),
        slowness=Slowness(breakers, seconds=time.monotonic, me=random.getrandbits(48)),
        pace=Pace(seconds=time.monotonic, sleep=time.sleep),
        now=lambda: datetime.now(UTC),
        seconds=time.monotonic,
        random=random.random,
        suppressed=held,
    )
    return configured, outside, settings.metrics_namespace


def handler(event: Mapping[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Deliver the batch; name the messages that must be received again."""
    configured, outside, namespace = _outside()
    if "Records" not in event:
        return _bring_back(configured, outside, context)
    left = context.get_remaining_time_in_millis() / 1000 - _KEPT_BACK_SECONDS
    reports = deliver(
        [Received(record["messageId"], record["body"]) for record in event["Records"]],
        configured,
        outside,
        time_limit_seconds=min(left, _MOST_SECONDS),
    )
    for report in reports:
        _tell(report, namespace)
    return {
        "batchItemFailures": [{"itemIdentifier": report.id} for report in reports if report.failed]
    }


def _bring_back(
    configured: Mapping[str, Configured], outside: Outside, context: LambdaContext
) -> dict[str, Any]:
    def has_time() -> bool:
        return context.get_remaining_time_in_millis() / 1000 > _KEPT_BACK_SECONDS

    returned = bring_back(
        configured.values(),
        store=outside.store,
        queue=outside.queue,
        breakers=outside.breakers,
        now=outside.now(),
        has_time=has_time,
    )
    if returned:
        logger.info("brought back", messages=dict(returned))
    return {"returned": dict(returned)}


def _tell(report: Report, namespace: str) -> None:
    given_up = sum(report.undeliverable.values())
    metrics = embedded({"Undeliverable": given_up}, namespace=namespace, at=datetime.now(UTC))
    if report.failed:
        logger.error("received again", **asdict(report), **metrics)
    else:
        logger.info("delivered", **asdict(report), **metrics)
