"""The collector with boto3's Kinesis client in place of the lean one, and nothing else changed."""

import os
import random
import time
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from typing import Any

import boto3
from botocore.config import Config
from collector import app
from headwater.adapters.kinesis import KinesisStream
from headwater.settings import CollectorSettings

_ONE_ATTEMPT = Config(connect_timeout=1, read_timeout=1, retries={"total_max_attempts": 1})


@cache
def adapters() -> app.Adapters:
    stream = KinesisStream(
        boto3.client("kinesis", config=_ONE_ATTEMPT),
        CollectorSettings.from_env(os.environ).stream_name,
        sleep=time.sleep,
        monotonic=time.monotonic,
        random=random.random,
    )
    return replace(app.adapters(), stream=stream)


def handler(event: Mapping[str, Any], context: object) -> dict[str, Any]:
    return app.respond(event, adapters(), now=datetime.now(UTC))
