"""The guard: an alarm says that events cost more than they may, and the API takes fewer; or that they do not."""

import os
from collections.abc import Mapping
from functools import cache
from typing import Any

import boto3
from aws_lambda_powertools import Logger
from headwater.adapters.api_stage import ApiStage
from headwater.guard import floor_of, follow, heard
from headwater.settings import GuardSettings

logger = Logger(service="guard")


@cache
def _outside() -> tuple[GuardSettings, ApiStage]:
    settings = GuardSettings.from_env(os.environ)
    return settings, ApiStage(boto3.client("apigatewayv2"), settings.api_id)


def handler(event: Mapping[str, Any], context: object) -> dict[str, Any]:
    """Follow one ring of the alarm; a fault raises, and Lambda hands the ring in again."""
    settings, stage = _outside()
    ring, before = heard(event), stage.throttle()
    ordered = follow(ring, before, floor=floor_of(int(settings.events_per_hour)))
    if ordered.throttle is not None:
        stage.take(ordered.throttle)
    said: dict[str, Any] = {
        "outcome": ordered.outcome,
        "rate_before": before.rate,
        "rate": (ordered.throttle or before).rate,
    }
    logger.warning("guard", **said)
    return said
