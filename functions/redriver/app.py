"""The redriver: pointers to spilled objects in, their lines back in the stream.

Two callers: the queue of the bucket's notifications, and an hourly schedule that looks for objects
whose notification never came.
"""

import os
import random
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any
from urllib.parse import unquote_plus

import boto3
import orjson
from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext
from botocore.config import Config
from headwater.adapters.kinesis import KinesisStream
from headwater.adapters.s3 import S3ObjectStore
from headwater.errors import DependencyError
from headwater.ports import ObjectStore, Stream
from headwater.settings import RedriverSettings
from headwater.spill import forgotten, redrive

logger = Logger(service="redriver", location=None)

# Nobody waits for a redrive, so it may ask longer than a request may.
_BUDGET_SECONDS = 10
_KEPT_BACK_SECONDS = 15.0
_KINESIS = Config(connect_timeout=2, read_timeout=5, retries={"total_max_attempts": 1})


@dataclass(frozen=True, slots=True)
class Adapters:
    """What one execution environment builds once and keeps."""

    stream: Stream
    store: ObjectStore


@cache
def adapters() -> Adapters:
    """Build the adapters from the environment."""
    settings = RedriverSettings.from_env(os.environ)
    stream = KinesisStream(
        boto3.client("kinesis", config=_KINESIS),
        settings.stream_name,
        sleep=time.sleep,
        monotonic=time.monotonic,
        random=random.random,
        budget_seconds=_BUDGET_SECONDS,
    )
    return Adapters(stream, S3ObjectStore(boto3.client("s3"), settings.bucket_name))


def handler(event: Mapping[str, Any], context: LambdaContext) -> dict[str, list[dict[str, str]]]:
    """Bring spilled lines back; name the messages whose object must wait."""

    def has_time() -> bool:
        return context.get_remaining_time_in_millis() / 1000 > _KEPT_BACK_SECONDS

    if "Records" not in event:
        sweep(adapters(), now=datetime.now(UTC), has_time=has_time)
        return {"batchItemFailures": []}
    return take(event["Records"], adapters(), has_time=has_time)


def take(
    messages: Iterable[Mapping[str, Any]], means: Adapters, *, has_time: Callable[[], bool]
) -> dict[str, list[dict[str, str]]]:
    """Redrive what each message points to; a message that fails or finds no time comes again."""
    failed = [
        message["messageId"]
        for message in messages
        if not all(has_time() and _redriven(key, means) for key in _keys(message["body"]))
    ]
    return {"batchItemFailures": [{"itemIdentifier": each} for each in failed]}


def sweep(means: Adapters, *, now: datetime, has_time: Callable[[], bool]) -> None:
    """Redrive what was forgotten, until the stream refuses or time is up: the next hour goes on."""
    for key in forgotten(means.store, now=now):
        if not has_time() or not _redriven(key, means):
            break


def _redriven(key: str, means: Adapters) -> bool:
    try:
        redrive(key, stream=means.stream, store=means.store)
    except DependencyError as error:
        logger.warning("not redriven", key=key, reason=str(error))
        return False
    logger.info("redriven", key=key)
    return True


def _keys(body: str) -> Iterator[str]:
    # S3 writes keys form-encoded, and sends one test message without records when it is set up.
    for record in orjson.loads(body).get("Records", ()):
        yield unquote_plus(record["s3"]["object"]["key"])
