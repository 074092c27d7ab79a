"""Brings suppressions back from a restored table: `make restore-suppressions STAGE=production FROM=<table>`.

    python -m local.restore_suppressions --stage production --from TABLE

TABLE is what point-in-time recovery made (docs/safekeeping.md). Whoever is in it and not in the stage's own
table is suppressed again, and the list is published at once.
"""

import argparse
import secrets

import boto3
from headwater.adapters.dynamodb import DynamoTable
from headwater.adapters.s3 import S3ObjectStore
from headwater.errors import DependencyError
from headwater.privacy.suppressed import KEY_BYTES
from headwater.privacy.suppressions import bring_back

from local.progress import say
from local.stack import stack_of
from local.stages import StageError


def main() -> None:
    """Bring them back, or say in one line why not."""
    parser = argparse.ArgumentParser(prog="make restore-suppressions")
    parser.add_argument("--stage", required=True, help="a section of samconfig.toml")
    parser.add_argument("--from", dest="older", required=True, help="the restored table")
    asked = parser.parse_args()
    try:
        outputs = stack_of(asked.stage).outputs
        client = boto3.client("dynamodb")
        added = bring_back(
            DynamoTable(client, asked.older),
            DynamoTable(client, outputs["SuppressionsTableName"]),
            S3ObjectStore(boto3.client("s3"), outputs["BucketName"]),
            new_key=lambda: secrets.token_bytes(KEY_BYTES),
        )
    except (StageError, DependencyError) as error:
        raise SystemExit(f"restore-suppressions: {error}") from None
    say(f"{added} suppressions came back, and the list is published")


if __name__ == "__main__":
    main()
