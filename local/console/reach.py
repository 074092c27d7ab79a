"""What the console reads: the stream, the tables and the lake of the local stack or of a stage.

On AWS these are the terminal's own credentials, and reading is all they need to be allowed
(docs/console.md has the policy).
"""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
from botocore.config import Config
from headwater import workspace
from headwater.adapters.athena import AthenaQueryEngine
from headwater.adapters.dynamodb import DynamoTable
from headwater.adapters.s3 import S3ObjectStore
from headwater.ports import EventLake, ObjectStore
from headwater.workspace import Workspace

from local.console.stream import StreamReader, from_moment
from local.endpoints import ANY_CREDENTIAL, REGION, Endpoints
from local.stack import stack_of

# Two reads of five a second a shard are the functions'; one is ours, and news is a second old.
_PAUSE_ON_AWS_SECONDS = 1.0
_PAUSE_HERE_SECONDS = 0.2
# Older news of a deployment is the lake's.
_BEGIN_ON_AWS = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Reach:
    """One deployment, as the console reads it."""

    stage: str  # "local", or a section of samconfig.toml
    workspace: Workspace
    reader: StreamReader
    pause_seconds: float
    table: DynamoTable
    store: ObjectStore
    lake: EventLake


def here(endpoints: Endpoints) -> Reach:
    """Reach the local stack."""
    means = {
        "region_name": REGION,
        "aws_access_key_id": ANY_CREDENTIAL,
        "aws_secret_access_key": ANY_CREDENTIAL,
        "config": Config(proxies={}, retries={"total_max_attempts": 2}),
    }
    names = _Names(
        bucket=endpoints.bucket,
        stream=endpoints.stream,
        table=endpoints.tables["identity"],
        database=endpoints.database,
        workgroup=endpoints.workgroup,
    )
    return _reach(
        "local",
        workspace.load("demo"),
        names,
        means | {"endpoint_url": endpoints.aws},
        athena=means | {"endpoint_url": endpoints.athena},
        pause_seconds=_PAUSE_HERE_SECONDS,
        begin={"ShardIteratorType": "TRIM_HORIZON"},
    )


def on_aws(stage: str) -> Reach:
    """Reach a stage with the terminal's credentials; raises `StageError` where there is none."""
    stack = stack_of(stage)
    outputs = stack.outputs
    names = _Names(
        bucket=outputs["BucketName"],
        stream=outputs["StreamName"],
        table=outputs["IdentityTableName"],
        database=outputs["Database"],
        workgroup=outputs["AthenaWorkgroup"],
    )
    return _reach(
        stage,
        workspace.load(stack.parameters["Workspace"]),
        names,
        {},
        athena={},
        pause_seconds=_PAUSE_ON_AWS_SECONDS,
        begin=from_moment(datetime.now(UTC) - _BEGIN_ON_AWS),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Names:
    bucket: str
    stream: str
    table: str
    database: str
    workgroup: str


def _reach(
    stage: str,
    of: Workspace,
    names: _Names,
    means: Mapping[str, Any],
    *,
    athena: Mapping[str, Any],
    pause_seconds: float,
    begin: Mapping[str, Any],
) -> Reach:
    return Reach(
        stage=stage,
        workspace=of,
        reader=StreamReader(
            boto3.client("kinesis", **means), names.stream, seconds=time.monotonic, begin=begin
        ),
        pause_seconds=pause_seconds,
        table=DynamoTable(boto3.client("dynamodb", **means), names.table),
        store=S3ObjectStore(boto3.client("s3", **means), names.bucket),
        lake=AthenaQueryEngine(
            boto3.client("athena", **athena),
            boto3.client("glue", **means),
            database=names.database,
            workgroup=names.workgroup,
            sleep=time.sleep,
        ),
    )
