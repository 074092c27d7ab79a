"""The collector: API Gateway's event in, one request collected, API Gateway's response out."""

import os
import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from aws_lambda_powertools import Logger
from headwater import workspace
from headwater.adapters.breaker import BreakerStream
from headwater.adapters.held_copy import HeldCopy
from headwater.adapters.kinesis import KinesisStream
from headwater.adapters.late import late
from headwater.adapters.put_records import put_records_client
from headwater.adapters.s3 import S3ObjectStore
from headwater.adapters.secrets import SecretsManager
from headwater.collect import collect
from headwater.ports import ObjectStore, Secrets, Stream
from headwater.privacy.held import NOTHING, Held
from headwater.settings import CollectorSettings
from headwater.wire.api_gateway import request_of, response_of
from headwater.workspace import Workspace

from collector.log_formatter import RequestLines
from collector.log_line import log_line

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_secretsmanager import SecretsManagerClient

logger = Logger(service="collector", location=None, logger_formatter=RequestLines())


@dataclass(frozen=True, slots=True)
class Adapters:
    """What one execution environment builds once and keeps."""

    workspace: Workspace
    stream: Stream
    store: ObjectStore
    secrets: Secrets | None = None
    held: Callable[[], Held] = lambda: NOTHING
    metrics_namespace: str = "headwater"


@cache
def adapters() -> Adapters:
    """Build the adapters from the environment."""
    settings = CollectorSettings.from_env(os.environ)
    kinesis = KinesisStream(
        # A beacon does not wait, so neither does a connection; the stream's retries are its own.
        put_records_client(os.environ, now=lambda: datetime.now(UTC), timeout_seconds=1),
        settings.stream_name,
        sleep=time.sleep,
        monotonic=time.monotonic,
        random=random.random,
    )
    site = workspace.load(settings.workspace)
    return Adapters(
        site.model_copy(update={"edge": site.edge.with_deployed(settings.origin_secret_sha256)}),
        BreakerStream(kinesis, monotonic=time.monotonic),
        S3ObjectStore(late(_s3), settings.bucket_name),
        SecretsManager(late(_secrets_manager), seconds=time.monotonic),
        HeldCopy(
            os.environ,
            cookie_keys=settings.cookie_keys,
            salts_table=settings.salts_table,
            bucket=settings.bucket_name,
            now=lambda: datetime.now(UTC),
            seconds=time.monotonic,
        ),
        settings.metrics_namespace,
    )


def _s3() -> "S3Client":
    # Here, because boto3 is half of a cold start and only a request that spills needs it.
    import boto3
    from botocore.config import Config

    return boto3.client(
        "s3",
        config=Config(connect_timeout=1, read_timeout=3, retries={"total_max_attempts": 2}),
    )


def _secrets_manager() -> "SecretsManagerClient":
    # Here for the same reason: only user tokens need a key, and only the first one of five minutes.
    import boto3
    from botocore.config import Config

    return boto3.client(
        "secretsmanager",
        config=Config(connect_timeout=1, read_timeout=2, retries={"total_max_attempts": 1}),
    )


def handler(event: Mapping[str, Any], context: object) -> dict[str, Any]:
    """Answer one HTTP request."""
    return respond(event, adapters(), now=datetime.now(UTC))


def respond(event: Mapping[str, Any], means: Adapters, *, now: datetime) -> dict[str, Any]:
    """Answer one HTTP request with the given adapters at the given time."""
    request = request_of(event)
    collected = collect(
        request,
        workspace=means.workspace,
        stream=means.stream,
        store=means.store,
        now=now,
        new_id=lambda: str(uuid4()),
        secrets=means.secrets,
        held=means.held,
    )
    logger.info(
        "request",
        extra=log_line(request, collected, now=now, namespace=means.metrics_namespace),
    )
    return response_of(collected.reply)
