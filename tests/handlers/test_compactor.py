"""The compactor's handler on a scheduled event, against moto's S3."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path
from typing import Any, cast

import boto3
import pytest
from aws_lambda_powertools.utilities.typing import LambdaContext
from compactor import app
from headwater.adapters.s3 import S3ObjectStore
from moto import mock_aws

from tests.unit.lake.bucket import an_event, arrive

SCHEDULED: dict[str, Any] = json.loads(Path("events/compactor/schedule.json").read_text())
NIGHTLY: dict[str, Any] = json.loads(Path("events/compactor/nightly.json").read_text())


class Context:
    """The two things the handler asks Lambda."""

    function_name = "compactor"

    def __init__(self, milliseconds: int) -> None:
        self._milliseconds = milliseconds

    def get_remaining_time_in_millis(self) -> int:
        return self._milliseconds


@pytest.fixture
def store(monkeypatch: pytest.MonkeyPatch) -> Iterator[S3ObjectStore]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.setenv("BUCKET_NAME", "lake")
    app._outside.cache_clear()
    with mock_aws():
        client = boto3.client("s3")
        client.create_bucket(Bucket="lake")
        yield S3ObjectStore(client, "lake")


def test_a_scheduled_run_compacts_what_has_arrived(
    store: S3ObjectStore,
) -> None:
    app.logger.registered_handler.setStream(log := StringIO())  # type: ignore[attr-defined]
    now = datetime.now(UTC)
    arrive(store, [an_event("m1", received_at=now), an_event("m1", received_at=now)], at=now)

    answer = app.handler(SCHEDULED, cast("LambdaContext", Context(900_000)))

    (file,) = [entry.key for entry in store.list("events/")]
    logged = [json.loads(line) for line in log.getvalue().splitlines()]
    (metric,) = [line for line in logged if "_aws" in line]
    assert answer == {"slices": 1, "added": 1}
    assert file.startswith(f"events/dt={now:%Y-%m-%d}/")
    assert list(store.list("raw/")) == []
    assert metric["CompactionLag"] == pytest.approx(0, abs=60)
    assert [line["added"] for line in logged if line["message"] == "compacted"] == [1]


def test_a_run_without_time_left_starts_nothing(store: S3ObjectStore) -> None:
    arrive(store, [an_event("m1")])

    answer = app.handler(SCHEDULED, cast("LambdaContext", Context(1_000)))

    assert answer == {"slices": 0, "added": 0}
    assert len(list(store.list("raw/"))) == 1


def test_a_nightly_run_makes_one_file_of_a_days_many(store: S3ObjectStore) -> None:
    for number in range(2):
        arrive(store, [an_event(f"m{number}")], sequence=str(number))
        app.handler(SCHEDULED, cast("LambdaContext", Context(900_000)))

    answer = app.handler(NIGHTLY, cast("LambdaContext", Context(900_000)))

    assert answer == {"made": 1, "files": 2}
    assert len(list(store.list("events/"))) == 1
    assert app.handler(NIGHTLY, cast("LambdaContext", Context(900_000))) == {"made": 0, "files": 0}


def test_an_hourly_run_finishes_what_a_crash_of_the_night_left(store: S3ObjectStore) -> None:
    store.put("events/dt=2026-03-01/new.parquet", b"")
    store.put("events/dt=2026-03-01/old.parquet", b"")
    swap = {"new": "events/dt=2026-03-01/new.parquet", "old": ["events/dt=2026-03-01/old.parquet"]}
    store.put("swaps/dt=2026-03-01/new.json", json.dumps(swap).encode())

    app.handler(SCHEDULED, cast("LambdaContext", Context(900_000)))

    assert [entry.key for entry in store.list("events/")] == [swap["new"]]
    assert list(store.list("swaps/")) == []
