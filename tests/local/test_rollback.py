"""`make rollback` finds each function's version before, refuses in the middle of a deployment, and moves the rest."""

from collections.abc import Iterator
from typing import Any

import pytest

from local.rollback import Move, RollbackError, move, moves


class CloudFormation:
    def get_paginator(self, _: str) -> "CloudFormation":
        return self

    def paginate(self, **_: Any) -> Iterator[Any]:
        yield {
            "StackResourceSummaries": [
                _resource("Collector"),
                _resource("Bucket", "AWS::S3::Bucket"),
            ]
        }
        yield {"StackResourceSummaries": [_resource("Guard")]}


def _resource(name: str, kind: str = "AWS::Lambda::Function") -> dict[str, str]:
    return {"LogicalResourceId": name, "PhysicalResourceId": f"x-{name}", "ResourceType": kind}


class Functions:
    """Functions with their versions; an alias each, on the last of them."""

    def __init__(self, **versions: int) -> None:
        self.versions = {f"x-{name}": many for name, many in versions.items()}
        self.alias = {name: str(many) for name, many in self.versions.items()}
        self.weights: dict[str, float] = {}

    def get_alias(self, *, FunctionName: str, Name: str) -> Any:  # noqa: N803
        assert Name == "live"
        return {
            "FunctionVersion": self.alias[FunctionName],
            "RoutingConfig": {"AdditionalVersionWeights": self.weights},
        }

    def get_paginator(self, _: str) -> "Functions":
        return self

    def paginate(self, *, FunctionName: str) -> Iterator[Any]:  # noqa: N803
        yield {"Versions": [{"Version": "$LATEST", "LastModified": ""}]}
        for number in range(1, self.versions[FunctionName] + 1):
            at = f"2026-03-{number:02}T12:00:00.000+0000"
            yield {"Versions": [{"Version": str(number), "LastModified": at}]}

    def update_alias(self, *, FunctionName: str, Name: str, FunctionVersion: str) -> None:  # noqa: N803
        assert Name == "live"
        self.alias[FunctionName] = FunctionVersion


def test_each_function_goes_back_by_one_and_a_new_one_stays() -> None:
    functions = Functions(Collector=11, Guard=1)

    found = list(moves("headwater-x", CloudFormation(), functions=functions))

    assert found == [
        Move("Collector", "x-Collector", "11", "10", "2026-03-10T12:00:00.000+0000"),
        Move("Guard", "x-Guard", "1"),
    ]
    assert str(found[0]).endswith("11 → 10, published 2026-03-10T12:00:00")
    assert "stays" in str(found[1])
    assert functions.alias == {"x-Collector": "11", "x-Guard": "1"}

    move(found, functions)

    assert functions.alias == {"x-Collector": "10", "x-Guard": "1"}


def test_a_second_time_goes_further_back() -> None:
    functions = Functions(Collector=3, Guard=2)
    for _ in range(2):
        move(list(moves("headwater-x", CloudFormation(), functions=functions)), functions)

    assert functions.alias == {"x-Collector": "1", "x-Guard": "1"}


def test_in_the_middle_of_a_gradual_deployment_nothing_is_moved() -> None:
    functions = Functions(Collector=3, Guard=2)
    functions.weights = {"4": 0.1}

    with pytest.raises(RollbackError, match="Collector is between two versions"):
        list(moves("headwater-x", CloudFormation(), functions=functions))
