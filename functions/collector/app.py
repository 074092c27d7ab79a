"""The collector: API Gateway's event in, one request collected, API Gateway's response out."""

import os
import random
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any
from uuid import uuid4

import boto3
from aws_lambda_powertools import Logger
from botocore.config import Config
from headwater import workspace
from headwater.adapters.breaker import BreakerStream
from headwater.adapters.kinesis import KinesisStream
from headwater.adapters.s3 import S3ObjectStore
from headwater.collect import collect
from headwater.ports import ObjectStore, Stream
from headwater.settings import CollectorSettings
from headwater.wire.api_gateway import request_of, response_of
from headwater.workspace import Workspace

from collector.log_line import log_line

logger = Logger(service="collector", location=None)

# The stream's retries are the adapter's own; a beacon does not wait, so neither does a connection.
_KINESIS = Config(connect_timeout=1, read_timeout=1, retries={"total_max_attempts": 1})
_S3 = Config(connect_timeout=1, read_timeout=3, retries={"total_max_attempts": 2})


@dataclass(frozen=True, slots=True)
class Adapters:
    """What one execution environment builds once and keeps."""

    workspace: Workspace
    stream: Stream
    store: ObjectStore


@cache
def adapters() -> Adapters:
    """Build the adapters from the environment."""
    settings = CollectorSettings.from_env(os.environ)
    kinesis = KinesisStream(
        boto3.client("kinesis", config=_KINESIS),
        settings.stream_name,
        sleep=time.sleep,
        monotonic=time.monotonic,
        random=random.random,
    )
    return Adapters(
        workspace.load(settings.workspace),
        BreakerStream(kinesis, monotonic=time.monotonic),
        S3ObjectStore(boto3.client("s3", config=_S3), settings.bucket_name),
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
    )
    logger.info("request", extra=log_line(request, collected, now=now))
    return response_of(collected.reply)
