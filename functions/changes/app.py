"""The change log: a batch of the identity table's stream in, rows of the lake out.

Two callers: the table's stream, and an hourly schedule that tells the whole table once a day.
"""

import os
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from functools import cache
from typing import Any

import boto3
from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext
from headwater.adapters.dynamodb import DynamoTable, plain
from headwater.adapters.s3 import S3ObjectStore
from headwater.identity.change_log import log_changes
from headwater.identity.changes import ItemChange
from headwater.identity.snapshot import take_snapshot
from headwater.lake.keys import identity_changes_key
from headwater.settings import ChangesSettings

logger = Logger(service="changes")

# A part of the snapshot is some fifty pages of a scan, and a merge more a look-up or two.
_KEPT_BACK_SECONDS = 90.0


@cache
def _outside() -> tuple[DynamoTable, S3ObjectStore]:
    settings = ChangesSettings.from_env(os.environ)
    return (
        DynamoTable(boto3.client("dynamodb"), settings.identity_table),
        S3ObjectStore(boto3.client("s3"), settings.bucket_name),
    )


def handler(event: Mapping[str, Any], context: LambdaContext) -> dict[str, list[dict[str, str]]]:
    """Log the batch; a fault of table or bucket raises, and Lambda tries the whole batch again."""
    if "Records" not in event:
        _snapshot(context)
        return {"batchItemFailures": []}
    table, objects = _outside()
    changes = list(_changes(event))
    rows = log_changes(changes, table=table, objects=objects, object_key=identity_changes_key)
    logger.info("logged", changes=len(changes), rows=rows)
    return {"batchItemFailures": []}


def _snapshot(context: LambdaContext) -> None:
    """Tell as much of the table as there is time for; the next hour goes on."""
    table, objects = _outside()
    told = take_snapshot(
        table,
        objects,
        now=datetime.now(UTC),
        part_key=identity_changes_key,
        has_time=lambda: context.get_remaining_time_in_millis() / 1000 > _KEPT_BACK_SECONDS,
    )
    logger.info("snapshot", day=told.day, parts=told.parts, whole=told.whole)


def _changes(event: Mapping[str, Any]) -> Iterator[ItemChange]:
    """Read Lambda's DynamoDB event; times are whole seconds.

    https://docs.aws.amazon.com/lambda/latest/dg/with-ddb.html, read 2026-11-23.
    """
    for record in event["Records"]:
        stream = record["dynamodb"]
        yield ItemChange(
            sequence_number=stream["SequenceNumber"],
            pk=stream["Keys"]["pk"]["S"],
            sk=stream["Keys"]["sk"]["S"],
            at=datetime.fromtimestamp(stream["ApproximateCreationDateTime"], UTC),
            old=plain(stream["OldImage"]) if "OldImage" in stream else None,
            new=plain(stream["NewImage"]) if "NewImage" in stream else None,
        )
