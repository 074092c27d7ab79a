"""The privacy requests' door: API Gateway's event in, the request written down, its number out."""

import os
import secrets
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from typing import Any

import boto3
from aws_lambda_powertools import Logger
from headwater import workspace
from headwater.adapters.s3 import S3ObjectStore
from headwater.erasure.intake import answer_privacy
from headwater.errors import DependencyError
from headwater.outcomes import RefuseCode, Refused
from headwater.settings import PrivacySettings
from headwater.wire import replies
from headwater.wire.api_gateway import request_of, response_of
from headwater.wire.replies import Reply
from headwater.wire.request import Request
from headwater.workspace import Workspace

logger = Logger(service="privacy")


@cache
def _outside() -> tuple[Workspace, S3ObjectStore]:
    settings = PrivacySettings.from_env(os.environ)
    return (
        workspace.load(settings.workspace),
        S3ObjectStore(boto3.client("s3"), settings.bucket_name),
    )


def handler(event: Mapping[str, Any], context: object) -> dict[str, Any]:
    """Answer one request, or how far an earlier one is."""
    reply = _answer(request_of(event))
    logger.info("privacy", status=reply.status)
    return response_of(reply)


def _answer(request: Request) -> Reply:
    site, store = _outside()
    try:
        return answer_privacy(
            request,
            workspace=site,
            store=store,
            now=datetime.now(UTC),
            random_bytes=secrets.token_bytes,
        )
    except DependencyError as error:
        logger.warning("not written down", fault=str(error))
        return replies.refused(Refused(RefuseCode.UNAVAILABLE, "ask again in a while"))
