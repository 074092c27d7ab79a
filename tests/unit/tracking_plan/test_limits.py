"""What an event can make the plan cost, and what of the event may leave the plan's hands."""

import time
from pathlib import Path
from typing import Any

import pytest
from headwater.outcomes import Rejected
from headwater.record import StoredEvent
from headwater.tracking_plan import Modes, Plan, SourcePlan, judge
from headwater.tracking_plan.dialect import compiled
from headwater.tracking_plan.violations import MAX_KEPT

from tests.examples import a_stored_track
from tests.unit.tracking_plan.plans import a_plan

PLAN = """
name = "Boots Tried"
[properties]
size = { type = "integer" }
tags = { type = "array", items = { type = "string" } }
"""


@pytest.fixture
def plan(tmp_path: Path) -> Plan:
    return a_plan(tmp_path, {"boots_tried.toml": PLAN})


def taken(plan: Plan, modes: Modes, **changes: Any) -> StoredEvent:
    outcome = judge(a_stored_track(**changes), SourcePlan(plan, modes))
    assert isinstance(outcome, StoredEvent)
    return outcome


def test_an_event_keeps_so_many_violations_and_no_more(plan: Plan) -> None:
    event = taken(plan, Modes(), properties={f"unplanned_{n}": n for n in range(500)})

    assert len(event.violations) == MAX_KEPT


def test_omission_clears_more_faults_than_an_event_keeps(plan: Plan) -> None:
    properties = {f"unplanned_{n}": n for n in range(500)} | {"size": 42}

    event = taken(plan, Modes(unplanned_properties="omit"), properties=properties)

    assert event.properties == {"size": 42}
    assert len(event.violations) == MAX_KEPT
    assert len(event.context["protocols"]["omitted"]) == MAX_KEPT


def test_an_event_of_thousands_of_faults_costs_little_and_is_told_the_first(plan: Plan) -> None:
    properties = {"size": "x", "tags": list(range(10_000))}
    began = time.process_time()

    flagged = taken(plan, Modes(), properties=properties)
    omitted = taken(plan, Modes(violations="omit"), properties=properties)

    # All its errors would take a tenth of a second, twice.
    assert time.process_time() - began < 0.1
    assert len(flagged.violations) == 1
    assert omitted.properties == {}
    assert len(omitted.violations) == 2


def test_a_pattern_that_backtracks_elsewhere_takes_linear_time_here() -> None:
    validator = compiled({"pattern": "^(a+)+$"})
    began = time.process_time()

    assert not validator.is_valid("a" * 100_000 + "!")

    assert time.process_time() - began < 0.5


@pytest.mark.parametrize("pattern", ["(?!x)a", "(?<=x)a", r"(a)\1", "((a{1000}){1000}){1000}"])
def test_a_pattern_that_could_not_is_no_schema(pattern: str) -> None:
    with pytest.raises(ValueError, match="regex"):
        compiled({"pattern": pattern})


def test_nothing_is_fetched() -> None:
    with pytest.raises(ValueError, match="Retrieval is disabled"):
        compiled({"$ref": "https://schemas.example/order.json"})


def test_what_a_rejection_says_has_nothing_of_the_clients_in_it(plan: Plan) -> None:
    properties = {"size": "ada@example.com", "ada@example.com": 1}
    said = [
        judge(a_stored_track(properties=properties), SourcePlan(plan, Modes.model_validate(modes)))
        for modes in (
            {"violations": "reject"},
            {"unplanned_properties": "reject"},
        )
    ]

    assert [(each.path, "ada" in each.message) for each in said if isinstance(each, Rejected)] == [
        ("properties.size", False),
        ("properties", False),
    ]


def test_judging_twice_is_judging_once(plan: Plan) -> None:
    modes = Modes(unplanned_properties="omit", violations="omit")
    source = SourcePlan(plan, modes)

    once = judge(a_stored_track(properties={"size": "x", "new": 1}), source)

    assert isinstance(once, StoredEvent)
    assert once.violations
    assert judge(once, source) == once


def test_a_version_is_the_one_the_event_names_or_the_oldest(tmp_path: Path) -> None:
    plan = a_plan(
        tmp_path,
        {
            "a.toml": 'name = "Boots Tried"\nversion = 2\n[properties.size]\ntype = "integer"',
            "b.toml": 'name = "Boots Tried"\nversion = 3\n[properties.size]\ntype = "string"',
        },
    )

    def version(asked: object) -> int:
        rule = plan.rule_for(a_stored_track(context={"protocols": {"event_version": asked}}))
        assert rule is not None
        return rule.version

    assert [version(asked) for asked in (2, 3, 9, "3", None)] == [2, 3, 2, 2, 2]
    assert plan.rule_for(a_stored_track(event="boots tried")) is None


def test_a_page_carries_what_analytics_js_adds_to_it(tmp_path: Path) -> None:
    plan = a_plan(tmp_path, {"home.toml": 'type = "page"\nname = "Home"\n[properties]'})
    page = a_stored_track(
        type="page", event=None, name="Home", properties={"url": "https://x.example/", "new": 1}
    )

    outcome = judge(page, SourcePlan(plan, Modes()))

    assert isinstance(outcome, StoredEvent)
    assert [violation["field"] for violation in outcome.violations] == ["properties.new"]
