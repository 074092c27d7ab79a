"""The keeper of what the collector holds a copy of: the days' salts, and the published suppressions."""

import os
import secrets
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from typing import Any

import boto3
from aws_lambda_powertools import Logger
from headwater.adapters.dynamodb import DynamoTable
from headwater.adapters.s3 import S3ObjectStore
from headwater.privacy.salts import SALT_BYTES, rotate
from headwater.privacy.suppressed import KEY_BYTES
from headwater.privacy.suppressions import publish
from headwater.settings import KeeperSettings

logger = Logger(service="keeper")


@cache
def _outside() -> tuple[DynamoTable, DynamoTable, S3ObjectStore]:
    settings = KeeperSettings.from_env(os.environ)
    client = boto3.client("dynamodb")
    return (
        DynamoTable(client, settings.salts_table),
        DynamoTable(client, settings.suppressions_table),
        S3ObjectStore(boto3.client("s3"), settings.bucket_name),
    )


def handler(event: Mapping[str, Any], context: object) -> dict[str, int]:
    """Rotate the salts, then publish the list anew, in case whoever changed it could not."""
    salts, suppressions, store = _outside()
    rotated = rotate(salts, now=datetime.now(UTC), new_salt=lambda: secrets.token_bytes(SALT_BYTES))
    logger.info("rotated", made=len(rotated.made), deleted=len(rotated.deleted))
    suppressed = publish(suppressions, store, new_key=lambda: secrets.token_bytes(KEY_BYTES))
    logger.info("published", suppressed=suppressed)
    return {"made": len(rotated.made), "deleted": len(rotated.deleted), "suppressed": suppressed}
