"""The guard's handler on what CloudWatch calls it with, against API Gateway's own description of itself."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber
from guard import app
from headwater.adapters.api_stage import ApiStage
from headwater.errors import DependencyError
from headwater.settings import GuardSettings

OVER: dict[str, Any] = json.loads(Path("events/guard/over.json").read_text())
ENDED: dict[str, Any] = json.loads(Path("events/guard/ended.json").read_text())
STAGE = {"ApiId": "api-1", "StageName": "$default"}
DOWN = "Guarded since 2026-03-01T12:00:00.000Z: 50 requests a second instead of 1000"


@pytest.fixture
def gateway(monkeypatch: pytest.MonkeyPatch) -> Iterator[Stubber]:
    """A client whose calls are checked against the service's model, and answered in order."""
    client = boto3.client(
        "apigatewayv2", region_name="us-east-1", aws_access_key_id="x", aws_secret_access_key="x"
    )
    settings = GuardSettings(api_id="api-1", events_per_hour="360000")
    monkeypatch.setattr(app, "_outside", lambda: (settings, ApiStage(client, settings.api_id)))
    with Stubber(client) as stubber:
        yield stubber
        stubber.assert_no_pending_responses()


def has(gateway: Stubber, rate: float, word: str) -> None:
    answer = {
        "StageName": "$default",
        "DefaultRouteSettings": {"ThrottlingRateLimit": rate, "ThrottlingBurstLimit": int(rate)},
        "Description": word,
    }
    gateway.add_response("get_stage", answer, STAGE)


def gets(gateway: Stubber, rate: float, word: str) -> None:
    route = {"ThrottlingRateLimit": rate, "ThrottlingBurstLimit": int(rate)}
    asked = STAGE | {"Description": word, "DefaultRouteSettings": route}
    gateway.add_response("update_stage", {"StageName": "$default"}, asked)


def test_an_alarm_lowers_the_stages_throttle(gateway: Stubber) -> None:
    has(gateway, 1000.0, "")
    gets(gateway, 50.0, DOWN)

    assert app.handler(OVER, None) == {"outcome": "guarded", "rate_before": 1000, "rate": 50}


def test_its_end_takes_the_throttle_back(gateway: Stubber) -> None:
    has(gateway, 50.0, DOWN)
    gets(gateway, 1000.0, "Released at 2026-03-01T13:02:00.000Z")

    assert app.handler(ENDED, None) == {"outcome": "released", "rate_before": 50, "rate": 1000}


def test_rings_in_the_wrong_order_end_as_in_the_right_one(gateway: Stubber) -> None:
    has(gateway, 1000.0, "Released at 2026-03-01T13:02:00.000Z")

    assert app.handler(OVER, None) == {"outcome": "late", "rate_before": 1000, "rate": 1000}


def test_a_ring_that_cannot_be_followed_raises_so_that_it_comes_again_and_is_counted(
    gateway: Stubber,
) -> None:
    gateway.add_client_error("get_stage", "TooManyRequestsException", expected_params=STAGE)

    with pytest.raises(DependencyError, match="API Gateway: TooManyRequestsException"):
        app.handler(OVER, None)
