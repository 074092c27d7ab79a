"""The profile read: API Gateway's event in, one person out."""

import os
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from typing import Any

import boto3
from aws_lambda_powertools import Logger
from botocore.config import Config
from headwater import workspace
from headwater.adapters.athena import POLL_SECONDS, AthenaQueryEngine
from headwater.adapters.dynamodb import DynamoTable
from headwater.errors import DependencyError
from headwater.identity.profile_request import answer_profile
from headwater.outcomes import RefuseCode, Refused
from headwater.settings import PeopleSettings
from headwater.wire import replies
from headwater.wire.api_gateway import request_of, response_of
from headwater.wire.replies import Reply
from headwater.wire.request import Request
from headwater.workspace import Workspace

logger = Logger(service="people")

_IMPATIENT = Config(
    connect_timeout=1, read_timeout=2, retries={"mode": "standard", "total_max_attempts": 3}
)
# Athena takes its time to say even that it has begun.
_PATIENT = Config(connect_timeout=1, read_timeout=5, retries={"total_max_attempts": 2})
# API Gateway waits 30 seconds, and before the lake is asked the table was read.
_LAKE_SECONDS = 15.0


@cache
def _outside() -> tuple[Workspace, DynamoTable]:
    settings = PeopleSettings.from_env(os.environ)
    client = boto3.client("dynamodb", config=_IMPATIENT)
    return workspace.load(settings.workspace), DynamoTable(client, settings.identity_table)


@cache
def _lake() -> AthenaQueryEngine:
    """Build what most profile reads never need."""
    settings = PeopleSettings.from_env(os.environ)
    return AthenaQueryEngine(
        boto3.client("athena", config=_PATIENT, endpoint_url=settings.athena_endpoint),
        boto3.client("glue", config=_PATIENT),
        database=settings.glue_database,
        workgroup=settings.athena_workgroup,
        sleep=time.sleep,
        max_polls=int(_LAKE_SECONDS / POLL_SECONDS),
    )


def handler(event: Mapping[str, Any], context: object) -> dict[str, Any]:
    """Answer one profile read."""
    reply = _answer(request_of(event))
    logger.info("profile", status=reply.status)
    return response_of(reply)


def _answer(request: Request) -> Reply:
    site, table = _outside()
    try:
        return answer_profile(
            request, workspace=site, table=table, lake=_lake, now=datetime.now(UTC)
        )
    except DependencyError as error:
        logger.warning("no profile", fault=str(error))
        return replies.refused(Refused(RefuseCode.UNAVAILABLE, "people cannot be read just now"))
