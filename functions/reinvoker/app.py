"""The reinvoker: every hour, what Lambda gave up on is tried again."""

import os
from collections.abc import Mapping
from functools import cache
from typing import Any

import boto3
from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext
from botocore.config import Config
from headwater.adapters.functions import LambdaFunctions
from headwater.adapters.s3 import S3ObjectStore
from headwater.reinvocation import reinvoke_all
from headwater.settings import ReinvokerSettings

logger = Logger(service="reinvoker")

# The changes function has the longest time-out; whoever is called must be waited for.
_LONGEST_SECONDS = 300
_PATIENT = Config(
    connect_timeout=2, read_timeout=_LONGEST_SECONDS + 5, retries={"total_max_attempts": 1}
)


@cache
def _outside() -> tuple[S3ObjectStore, LambdaFunctions]:
    settings = ReinvokerSettings.from_env(os.environ)
    return (
        S3ObjectStore(boto3.client("s3"), settings.bucket_name),
        LambdaFunctions(boto3.client("lambda", config=_PATIENT)),
    )


def handler(event: Mapping[str, Any], context: LambdaContext) -> None:
    """Try what lies in `aws/lambda/`, until it is empty or time is up."""
    store, functions = _outside()

    def has_time() -> bool:
        return context.get_remaining_time_in_millis() / 1000 > _LONGEST_SECONDS + 15

    for batch in reinvoke_all(store, functions, has_time=has_time):
        if batch.fault:
            logger.warning("not reinvoked", key=batch.key, fault=batch.fault)
        else:
            logger.info("reinvoked", key=batch.key)
