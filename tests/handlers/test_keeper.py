"""The keeper's handler on a real schedule payload, against moto's tables and bucket."""

import json
from pathlib import Path
from typing import Any

import boto3
import pytest
from headwater.adapters.s3 import S3ObjectStore
from headwater.privacy.suppressions import OBJECT, published
from keeper import app

from tests.dynamodb_tables import a_table, create_table

HOURLY: dict[str, Any] = json.loads(Path("events/keeper/hourly.json").read_text())


def test_the_schedule_makes_salts_and_publishes_the_list(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {
        "AWS_DEFAULT_REGION": "us-east-1",
        "SALTS_TABLE": "salts",
        "SUPPRESSIONS_TABLE": "suppressions",
        "BUCKET_NAME": "lake",
    }.items():
        monkeypatch.setenv(name, value)
    with a_table(monkeypatch, "salts"):
        create_table("suppressions")
        s3 = boto3.client("s3", region_name="us-east-1")
        s3.create_bucket(Bucket="lake")
        app._outside.cache_clear()

        first, second = app.handler(HOURLY, None), app.handler(HOURLY, None)

        app._outside.cache_clear()
        assert first == {"made": 2, "deleted": 0, "suppressed": 0}
        assert second == {"made": 0, "deleted": 0, "suppressed": 0}
        assert s3.get_object(Bucket="lake", Key=OBJECT)["Body"].read().startswith(b"HWS1")
        assert not published(S3ObjectStore(s3, "lake"))
