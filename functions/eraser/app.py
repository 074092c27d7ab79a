"""The eraser: every quarter of an hour it goes on with the requests there are, as far as its time allows."""

import os
import secrets
import time
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from tempfile import gettempdir
from typing import Any

import boto3
from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext
from headwater.adapters import lambda_environment
from headwater.adapters.aws_signed import AwsSigned
from headwater.adapters.dynamodb import DynamoTable
from headwater.adapters.http import UrllibHttp
from headwater.adapters.late import late
from headwater.adapters.s3 import S3ObjectStore
from headwater.adapters.secrets import SecretsManager
from headwater.adapters.sqs import SqsQueue
from headwater.destinations import check
from headwater.erasure.job import work_off
from headwater.erasure.outside import Outside
from headwater.erasure.stores import DEAD_LETTERS, QUEUE
from headwater.settings import EraserSettings
from headwater.workspace import load

logger = Logger(service="eraser")

# Longer than Lambda lets anything live (15 minutes), so a lease never ends under its holder.
LEASE_FOR = timedelta(minutes=16)
# The longest single thing: a Parquet file of a day, downloaded, rewritten and added.
KEPT_BACK_MILLISECONDS = 4 * 60 * 1000


@cache
def _outside() -> Mapping[str, Any]:
    settings = EraserSettings.from_env(os.environ)
    site = load(settings.workspace)
    dynamodb, sqs = boto3.client("dynamodb"), boto3.client("sqs")
    return {
        "store": S3ObjectStore(boto3.client("s3"), settings.bucket_name),
        "identity": DynamoTable(dynamodb, settings.identity_table),
        "suppressions": DynamoTable(dynamodb, settings.suppressions_table),
        "queues": {
            QUEUE: SqsQueue(sqs, settings.deliveries_queue_url),
            DEAD_LETTERS: SqsQueue(sqs, settings.dead_letters_queue_url),
        },
        "configured": check(site),
        "secrets": SecretsManager(
            boto3.client("secretsmanager"),
            seconds=time.monotonic,
            parameters=late(lambda: boto3.client("ssm")),
        ),
        "http": AwsSigned(
            UrllibHttp(),
            credentials=lambda_environment.credentials(os.environ),
            now=lambda: datetime.now(UTC),
        ),
        "directory": Path(gettempdir()) / "eraser",
        "now": lambda: datetime.now(UTC),
        "random_bytes": secrets.token_bytes,
        "max_users_per_device": site.identity.max_users_per_device,
        "retention": timedelta(hours=int(settings.stream_retention_hours)),
        "lease_for": LEASE_FOR,
    }


def handler(event: Mapping[str, Any], context: LambdaContext) -> dict[str, int]:
    """Go on with every request; say of each how far it is, by its number alone."""

    def may_go_on() -> bool:
        return context.get_remaining_time_in_millis() > KEPT_BACK_MILLISECONDS

    jobs = work_off(Outside(**_outside(), may_go_on=may_go_on))
    for job in jobs:
        logger.info(
            "privacy request",
            request=job.id,
            kind=job.kind.value,
            status=job.status,
            reason=job.reason,
            round=job.round,
            step=job.step,
        )
    return {"requests": len(jobs), "done": sum(job.status == "done" for job in jobs)}
