"""`make throttle` sets the stage's rate at once, and puts the stack's own back."""

from datetime import UTC, datetime
from typing import Any

import pytest

from local.status import Health, of_throttle
from local.throttle import ThrottleError, standing, throttle

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


class CloudFormation:
    def describe_stacks(self, **_: Any) -> Any:
        own = {"ParameterKey": "RequestsPerSecond", "ParameterValue": "1000"}
        return {"Stacks": [{"Parameters": [own]}]}

    def describe_stack_resource(self, **_: Any) -> Any:
        return {"StackResourceDetail": {"PhysicalResourceId": "api-1"}}


class Gateway:
    def __init__(self, description: str = "", rate: float = 1000.0) -> None:
        self.calls: list[dict[str, Any]] = []
        self.stage = {
            "Description": description,
            "DefaultRouteSettings": {"ThrottlingRateLimit": rate},
        }

    def update_stage(self, **call: Any) -> None:
        self.calls.append(call)

    def get_stage(self, **_: Any) -> Any:
        return self.stage


@pytest.mark.parametrize(("asked", "rate"), [(50, 50), (None, 1000)])
def test_the_stage_gets_the_rate_that_was_asked_for_or_its_own(
    asked: int | None, rate: int
) -> None:
    gateway = Gateway()

    told = throttle("headwater-x", asked, cloudformation=CloudFormation(), gateway=gateway, now=NOW)

    assert gateway.calls == [
        {
            "ApiId": "api-1",
            "StageName": "$default",
            "Description": "Set by hand at 2026-03-01T12:00:00.000Z",
            "DefaultRouteSettings": {"ThrottlingRateLimit": rate, "ThrottlingBurstLimit": rate},
        }
    ]
    assert f"takes {rate} requests a second" in told


def test_a_rate_of_nothing_is_refused_with_the_friendlier_way() -> None:
    gateway = Gateway()

    with pytest.raises(ThrottleError, match=r"\[overload\]"):
        throttle("headwater-x", 0, cloudformation=CloudFormation(), gateway=gateway, now=NOW)
    assert gateway.calls == []


ON = "Guarded since 2026-03-01T11:00:00.000Z: 50 requests a second instead of 1000"


@pytest.mark.parametrize(
    ("rate", "word", "well", "says"),
    [
        (1000.0, "", True, "1000 requests a second"),
        (50.0, ON, False, f"the guard is on: 50 requests a second of its own 1000. {ON}"),
        (
            60.0,
            "Set by hand at 2026-03-01T12:00:00.000Z",
            False,
            "60 requests a second of its own 1000. Set by hand at 2026-03-01T12:00:00.000Z",
        ),
        # A deployment has set it anew, and the guard's word is left over.
        (1000.0, ON, True, "1000 requests a second"),
    ],
)
def test_the_status_says_what_the_stage_takes_and_whether_the_guard_is_on(
    rate: float, word: str, well: bool, says: str
) -> None:
    found = standing("headwater-x", cloudformation=CloudFormation(), gateway=Gateway(word, rate))

    assert of_throttle(found) == Health("throttle", well, says)
