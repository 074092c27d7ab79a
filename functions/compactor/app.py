"""The compactor: on a schedule, raw lines become Parquet."""

import os
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from tempfile import gettempdir
from typing import Any

import boto3
from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext
from headwater.adapters.s3 import S3ObjectStore
from headwater.lake.compaction import Busy, Compactor
from headwater.settings import CompactorSettings

logger = Logger(service="compactor")
metrics = Metrics(namespace="Headwater", service="compactor")

# Longer than Lambda lets anything live (15 minutes), so a lease never ends under its holder.
LEASE_FOR = timedelta(minutes=16)

# A slice that starts with less than this left might be cut off, and its work done again.
SLICE_MILLISECONDS = 5 * 60 * 1000


@cache
def _store() -> S3ObjectStore:
    settings = CompactorSettings.from_env(os.environ)
    return S3ObjectStore(boto3.client("s3"), settings.bucket_name)


@metrics.log_metrics
def handler(event: Mapping[str, Any], context: LambdaContext) -> dict[str, int]:
    """Compact what has arrived; what time does not allow waits for the next run."""
    compactor = Compactor(
        store=_store(),
        directory=Path(gettempdir()) / "compactor",
        now=lambda: datetime.now(UTC),
        lease_for=LEASE_FOR,
    )
    metrics.add_metric("RawLagSeconds", MetricUnit.Seconds, compactor.lag().total_seconds())
    added = 0
    slices = 0
    for ending in compactor.run(
        lambda: context.get_remaining_time_in_millis() > SLICE_MILLISECONDS
    ):
        if isinstance(ending, Busy):
            logger.info("busy", dt=ending.name)
            continue
        slices, added = slices + 1, added + ending.added
        logger.info(
            "compacted",
            objects=ending.objects,
            added=ending.added,
            duplicates=ending.duplicates,
            unreadable=ending.unreadable,
        )
        metrics.add_metric("CompactedRows", MetricUnit.Count, ending.added)
        metrics.add_metric("UnreadableLines", MetricUnit.Count, ending.unreadable)
    return {"slices": slices, "added": added}
