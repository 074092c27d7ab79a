"""What CloudFormation refuses to deploy, by the template's own rules."""

from collections.abc import Mapping
from typing import Any

import pytest

from tests.template.document import template

DIGEST = "9" * 64


def value(written: Any, given: Mapping[str, str]) -> Any:
    """What a rule's function gives for these parameters; only those that the rules use are known."""
    if not isinstance(written, Mapping):
        return written
    ((function, argument),) = written.items()
    match function:
        case "Ref":
            return given[argument]
        case "Fn::Equals":
            one, other = (str(value(each, given)) for each in argument)
            return one == other
        case "Fn::Not":
            return not value(argument[0], given)
        case "Fn::And":
            return all(value(each, given) for each in argument)
    raise AssertionError(function)


def refused(**given: str) -> list[str]:
    """Which rules refuse these parameters, with the template's defaults behind them."""
    every = {name: str(each.get("Default", "")) for name, each in template()["Parameters"].items()}
    every |= given
    return [
        name
        for name, rule in template()["Rules"].items()
        if value(rule["RuleCondition"], every)
        and not all(value(each["Assert"], every) for each in rule["Assertions"])
    ]


def test_the_defaults_may_be_deployed() -> None:
    assert refused() == []


@pytest.mark.parametrize(
    ("given", "rules"),
    [
        ({"OriginSecretSha256": DIGEST}, ["CanaryIsLetIn"]),
        ({"OriginSecretSha256": f"{DIGEST},{DIGEST}"}, ["CanaryIsLetIn"]),
        ({"OriginSecretSha256": DIGEST, "CanaryUrl": "https://shop.example/ev"}, []),
        ({"OriginSecretSha256": DIGEST, "CanaryState": "DISABLED"}, []),
        ({"CanaryUrl": "https://shop.example/ev"}, []),
        ({"MonthlyBudget": "50"}, ["BudgetHasReader"]),
        ({"MonthlyBudget": "50", "BudgetEmail": "ops@shop.example"}, []),
    ],
)
def test_what_would_fail_later_is_refused_at_once(given: dict[str, str], rules: list[str]) -> None:
    assert refused(**given) == rules


def test_every_rule_says_why() -> None:
    for rule in template()["Rules"].values():
        for assertion in rule["Assertions"]:
            assert len(assertion["AssertDescription"].split()) > 5
