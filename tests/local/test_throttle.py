"""`make throttle` sets the stage's rate at once, and puts the stack's own back."""

from typing import Any

import pytest

from local.throttle import ThrottleError, throttle


class CloudFormation:
    def describe_stacks(self, **_: Any) -> Any:
        own = {"ParameterKey": "RequestsPerSecond", "ParameterValue": "1000"}
        return {"Stacks": [{"Parameters": [own]}]}

    def describe_stack_resource(self, **_: Any) -> Any:
        return {"StackResourceDetail": {"PhysicalResourceId": "api-1"}}


class Gateway:
    def __init__(self) -> None:
        self.calls: list[dict[str, Any]] = []

    def update_stage(self, **call: Any) -> None:
        self.calls.append(call)


@pytest.mark.parametrize(("asked", "rate"), [(50, 50), (None, 1000)])
def test_the_stage_gets_the_rate_that_was_asked_for_or_its_own(
    asked: int | None, rate: int
) -> None:
    gateway = Gateway()

    told = throttle("headwater-x", asked, cloudformation=CloudFormation(), gateway=gateway)

    assert gateway.calls == [
        {
            "ApiId": "api-1",
            "StageName": "$default",
            "DefaultRouteSettings": {"ThrottlingRateLimit": rate, "ThrottlingBurstLimit": rate},
        }
    ]
    assert f"takes {rate} requests a second" in told


def test_a_rate_of_nothing_is_refused_with_the_friendlier_way() -> None:
    gateway = Gateway()

    with pytest.raises(ThrottleError, match=r"\[overload\]"):
        throttle("headwater-x", 0, cloudformation=CloudFormation(), gateway=gateway)
    assert gateway.calls == []
