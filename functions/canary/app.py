"""The canary: each minute one event of nobody sent, and the newest that came back looked for."""

import os
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from typing import Any

import boto3
from aws_lambda_powertools import Logger
from headwater.adapters.http import UrllibHttp
from headwater.adapters.s3 import S3ObjectStore
from headwater.canary import look, request
from headwater.metrics import embedded
from headwater.ports import Http, ObjectStore
from headwater.settings import CanarySettings

logger = Logger(service="canary")

_REQUEST_SECONDS = 10.0


@cache
def _outside() -> tuple[CanarySettings, Http, ObjectStore]:
    settings = CanarySettings.from_env(os.environ)
    return settings, UrllibHttp(), S3ObjectStore(boto3.client("s3"), settings.bucket_name)


def handler(event: Mapping[str, Any], context: object) -> dict[str, Any]:
    """Send one and look; an error of the bucket raises, and no metric is as loud as an old one."""
    return live(now=datetime.now(UTC))


def live(*, now: datetime) -> dict[str, Any]:
    """Look for what came before, send the next, and say both in one line."""
    settings, http, store = _outside()
    ages = look(store, now=now)
    answer = http.send(request(settings.canary_url, now), timeout_seconds=_REQUEST_SECONDS)
    said: dict[str, Any] = {
        "status": answer.status,
        "fault": answer.fault,
        "landed_age": round(ages.landed, 3),
        "returned_age": round(ages.returned, 3),
    }
    metrics = embedded(
        {"CanaryAge": said["returned_age"]}, namespace=settings.metrics_namespace, at=now
    )
    logger.info("canary", **said, **metrics)
    return said
