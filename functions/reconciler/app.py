"""The reconciler: each hour, what was accepted against what is kept and what was delivered.

On a schedule for the hour that has settled; with `{"hour": "2026-03-01T11"}` for any other.
"""

import os
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from typing import Any

import boto3
from aws_lambda_powertools import Logger
from headwater.adapters.cloudwatch import CloudWatchSums
from headwater.adapters.s3 import S3ObjectStore
from headwater.destinations import check
from headwater.metrics import embedded
from headwater.privacy.suppressions import published
from headwater.reconciliation import Account, Deliveries, account, due, hour_of
from headwater.record import from_iso, to_iso
from headwater.settings import ReconcilerSettings
from headwater.workspace import load

logger = Logger(service="reconciler")


@cache
def _outside() -> tuple[ReconcilerSettings, CloudWatchSums, S3ObjectStore]:
    settings = ReconcilerSettings.from_env(os.environ)
    return (
        settings,
        CloudWatchSums(boto3.client("cloudwatch"), settings.metrics_namespace),
        S3ObjectStore(boto3.client("s3"), settings.bucket_name),
    )


def handler(event: Mapping[str, Any], context: object) -> dict[str, Any]:
    """Account for one hour, say so in a line, and return what was said."""
    settings, sums, store = _outside()
    now = datetime.now(UTC)
    hour = hour_of(event["hour"]) if "hour" in event else due(now)
    workspace = load(settings.workspace)
    settled = account(
        hour,
        said=sums.total(["Accepted", "Rejected"], begin=hour),
        store=store,
        lander=settings.lander_function,
        deliveries=Deliveries(
            configured=check(workspace),
            policy=workspace.identity,
            suppressed=published(store),
            fan_out_from=from_iso(settings.fan_out_from),
        ),
        now=now,
    )
    said = _told(settled)
    # At the time of the telling: a metric of an hour that is over could not ring.
    metrics = embedded(
        {"ReconciliationDifference": settled.difference},
        namespace=settings.metrics_namespace,
        at=now,
    )
    logger.info("reconciled", **said, **metrics)
    return said


def _told(settled: Account) -> dict[str, Any]:
    return {
        "hour": to_iso(settled.hour),
        "said": settled.said,
        "kept": settled.kept,
        "waiting": settled.waiting,
        "missing": settled.missing,
        "unheard": dict(settled.unheard),
        "difference": settled.difference,
    }
