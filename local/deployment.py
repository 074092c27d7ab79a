"""A running deployment as an operator's commands see it: the local stack, or a stage on AWS."""

import random
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import boto3
from botocore.config import Config
from headwater import workspace
from headwater.adapters.kinesis import KinesisStream
from headwater.adapters.s3 import S3ObjectStore
from headwater.adapters.sqs import SqsQueue
from headwater.ports import ObjectStore, Queue, Stream
from headwater.workspace import Workspace

from local.endpoints import ANY_CREDENTIAL, REGION, Endpoints
from local.stack import Stack, stack_of

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_kinesis import KinesisClient


@dataclass(frozen=True, slots=True)
class Deployment:
    """What a command needs of it."""

    workspace: Workspace
    store: ObjectStore
    stream: Stream
    queue: Queue
    dead_letters: SqsQueue
    identity_table: str
    dynamodb: "DynamoDBClient"
    kinesis: "KinesisClient"
    stream_name: str
    api: str  # the collector, without anything in front
    stack: str = ""  # on AWS


def deployment(stage: str) -> Deployment:
    """Find the stage's stack with the terminal's credentials; no stage means the local stack.

    Raises `NotUpError` or `StageError` where there is none.
    """
    return _local(Endpoints.load()) if stage in {"", "local"} else _on_aws(stack_of(stage))


def _local(endpoints: Endpoints) -> Deployment:
    means = {
        "endpoint_url": endpoints.aws,
        "region_name": REGION,
        "aws_access_key_id": ANY_CREDENTIAL,
        "aws_secret_access_key": ANY_CREDENTIAL,
    }
    return _of(
        "demo",
        endpoints.bucket,
        endpoints.stream,
        (endpoints.queue, endpoints.dead_letters),
        endpoints.tables["identity"],
        means,
        api=endpoints.collector,
    )


def _on_aws(stack: Stack) -> Deployment:
    outputs = stack.outputs
    return _of(
        stack.parameters["Workspace"],
        outputs["BucketName"],
        outputs["StreamName"],
        (outputs["DeliveriesQueueUrl"], outputs["UndeliveredMessagesQueueUrl"]),
        outputs["IdentityTableName"],
        {},
        api=outputs["ApiEndpoint"],
        stack=stack.name,
    )


def _of(
    name: str,
    bucket: str,
    stream: str,
    queues: tuple[str, str],
    table: str,
    means: Mapping[str, Any],
    *,
    api: str,
    stack: str = "",
) -> Deployment:
    # The stream's retries are the adapter's own.
    once = Config(proxies={}, retries={"total_max_attempts": 1}) if means else Config()
    sqs = boto3.client("sqs", **means)
    kinesis = boto3.client("kinesis", config=once, **means)
    return Deployment(
        workspace.load(name),
        S3ObjectStore(boto3.client("s3", **means), bucket),
        KinesisStream(
            kinesis,
            stream,
            sleep=time.sleep,
            monotonic=time.monotonic,
            random=random.random,
        ),
        SqsQueue(sqs, queues[0]),
        SqsQueue(sqs, queues[1]),
        table,
        boto3.client("dynamodb", **means),
        kinesis,
        stream,
        api,
        stack,
    )
