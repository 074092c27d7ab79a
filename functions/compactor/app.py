"""The compactor: each hour raw lines become Parquet, each night a date's Parquet becomes one file."""

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from tempfile import gettempdir
from typing import Any

import boto3
from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext
from headwater.adapters.s3 import S3ObjectStore
from headwater.lake.compaction import Busy, Compactor
from headwater.lake.rollup import RollUp
from headwater.metrics import Metric, embedded
from headwater.settings import CompactorSettings

logger = Logger(service="compactor")

# Longer than Lambda lets anything live (15 minutes), so a lease never ends under its holder.
LEASE_FOR = timedelta(minutes=16)

# A slice that starts with less than this left might be cut off, and its work done again.
SLICE_MILLISECONDS = 5 * 60 * 1000


@cache
def _outside() -> tuple[S3ObjectStore, str]:
    settings = CompactorSettings.from_env(os.environ)
    return S3ObjectStore(boto3.client("s3"), settings.bucket_name), settings.metrics_namespace


def handler(event: Mapping[str, Any], context: LambdaContext) -> dict[str, int]:
    """Compact what has arrived, or at night roll up; what time does not allow waits for the next run."""

    def may_start() -> bool:
        return context.get_remaining_time_in_millis() > SLICE_MILLISECONDS

    store, _ = _outside()
    work: dict[str, Any] = {
        "store": store,
        "directory": Path(gettempdir()) / "compactor",
        "now": lambda: datetime.now(UTC),
        "lease_for": LEASE_FOR,
    }
    roll_up = RollUp(**work)
    if event.get("task") == "roll-up":
        return _roll_up(roll_up, may_start)
    for busy in roll_up.finish():
        logger.info("busy", dt=busy.name)
    return _compact(Compactor(**work), may_start)


def _compact(compactor: Compactor, may_start: Callable[[], bool]) -> dict[str, int]:
    lag = round(compactor.lag().total_seconds(), 3)
    logger.info("compacting", **_embedded({"CompactionLag": lag}))
    added = slices = 0
    for ending in _ours(compactor.run(may_start)):
        slices, added = slices + 1, added + ending.added
        logger.info(
            "compacted",
            objects=ending.objects,
            added=ending.added,
            duplicates=ending.duplicates,
            unreadable=ending.unreadable,
            **_embedded({"SetAside": ending.unreadable}),
        )
    return {"slices": slices, "added": added}


def _roll_up(roll_up: RollUp, may_start: Callable[[], bool]) -> dict[str, int]:
    files = dates = 0
    for ending in _ours(roll_up.run(may_start)):
        dates, files = dates + 1, files + ending.files
        logger.info("rolled up", dt=ending.name, files=ending.files, rows=ending.rows)
    return {"made": dates, "files": files}


def _embedded(values: Mapping[Metric, float]) -> Mapping[str, Any]:
    return embedded(values, namespace=_outside()[1], at=datetime.now(UTC))


def _ours[T](endings: Iterable[T | Busy]) -> Iterator[T]:
    """Say which dates another compactor has, and pass the rest on."""
    for ending in endings:
        if isinstance(ending, Busy):
            logger.info("busy", dt=ending.name)
        else:
            yield ending
