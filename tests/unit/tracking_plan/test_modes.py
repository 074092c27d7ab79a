"""Every kind of fault under every mode: the same from a Segment export as from the plan's own form."""

from pathlib import Path
from typing import Any, NamedTuple

import pytest
from headwater.enrichments import enrich
from headwater.outcomes import Rejected
from headwater.record import StoredEvent
from headwater.tracking_plan import Modes, Plan, SourcePlan

from tests.examples import a_received, a_stored_track
from tests.unit.tracking_plan.plans import FORMS, in_form

GOOD = {"order_id": "o-1", "total": 12.5}


class Kind(NamedTuple):
    """One way to leave the plan, and what each mode makes of it."""

    setting: str
    event: dict[str, Any]  # what differs from a good order
    violation: tuple[str, str, str]
    code: str  # of the rejected event
    part: str = "properties"
    kept: dict[str, Any] = GOOD  # what is left of the part when the fault is omitted
    omitted: tuple[str, list[str]] | None = None


def order(**properties: Any) -> dict[str, Any]:
    return {"properties": GOOD | properties}


def identify(**traits: Any) -> dict[str, Any]:
    return {"type": "identify", "event": None, "properties": {}, "traits": traits}


EMAIL = {"email": "e"}
ON_VIOLATION = "omitted_on_violation"
KINDS = {
    "an unplanned event": Kind(
        "unplanned_events",
        {"event": "Oder Completed"},
        ("Unplanned Event", "event", "this event is not in the plan"),
        "unplanned",
    ),
    "an unplanned property": Kind(
        "unplanned_properties",
        order(coupon="x"),
        ("Unplanned Property", "properties.coupon", "this property is not in the plan"),
        "unplanned",
        omitted=("omitted", ["coupon"]),
    ),
    "an unplanned trait": Kind(
        "unplanned_traits",
        identify(email="e", shoe=42),
        ("Unplanned Trait", "traits.shoe", "this trait is not in the plan"),
        "unplanned",
        part="traits",
        kept=EMAIL,
        omitted=("omitted", ["shoe"]),
    ),
    "a missing property": Kind(
        "violations",
        {"properties": {"total": 1}},
        ("Required", "properties.order_id", "missing required property: order_id"),
        "schema_violation",
        kept={"total": 1},
    ),
    "a wrong type": Kind(
        "violations",
        order(total="12.50"),
        ("Invalid Type", "properties.total", "must be number"),
        "schema_violation",
        kept={"order_id": "o-1"},
        omitted=(ON_VIOLATION, ["total"]),
    ),
    "a pattern": Kind(
        "violations",
        order(currency="Euro"),
        ("Pattern", "properties.currency", "must match ^[A-Z]{3}$"),
        "schema_violation",
        omitted=(ON_VIOLATION, ["currency"]),
    ),
    "an enum": Kind(
        "violations",
        order(shipping="drone"),
        ("Enum", "properties.shipping", "must be one of: post, pickup"),
        "schema_violation",
        omitted=(ON_VIOLATION, ["shipping"]),
    ),
    "a format": Kind(
        "violations",
        order(ordered_at="yesterday"),
        ("Format", "properties.ordered_at", "must be a date-time"),
        "schema_violation",
        omitted=(ON_VIOLATION, ["ordered_at"]),
    ),
    "a wrong type inside": Kind(
        "violations",
        order(products=[{"price": 1}, {"price": "2", "sku": "s"}]),
        ("Invalid Type", "properties.products.1.price", "must be number"),
        "schema_violation",
        kept=GOOD | {"products": [{"price": 1}, {"sku": "s"}]},
        omitted=(ON_VIOLATION, ["products.1.price"]),
    ),
    "a missing trait": Kind(
        "violations",
        identify(plan="free"),
        ("Required", "traits.email", "missing required property: email"),
        "schema_violation",
        part="traits",
        kept={"plan": "free"},
    ),
    "a wrong trait": Kind(
        "violations",
        identify(email="e", plan="gold"),
        ("Enum", "traits.plan", "must be one of: free, paid"),
        "schema_violation",
        part="traits",
        kept=EMAIL,
        omitted=(ON_VIOLATION, ["plan"]),
    ),
    "a common rule": Kind(
        "common_violations",
        {"context": {"locale": "Deutsch"}},
        ("Pattern", "context.locale", "must match ^[a-z]{2}"),
        "common_schema_violation",
        part="context",
        kept={},
        omitted=(ON_VIOLATION, ["locale"]),
    ),
}
# What is omitted inside was required there, so the event is told that as well.
ALSO = {
    "a wrong type inside": {"Required"},
    "a common rule": {"Required"},
}


def judged(plan: Plan, modes: Modes, **changes: Any) -> StoredEvent | Rejected:
    fields = {"event": "Order Completed", "properties": GOOD, "context": {"locale": "de-DE"}}
    event = a_stored_track(**(fields | changes))
    outcome = enrich(event, a_received(plan=SourcePlan(plan, modes)))
    assert isinstance(outcome, StoredEvent | Rejected)
    return outcome


MODES = ("allow", "flag", "omit", "reject")
CASES = [
    (name, mode)
    for name, kind in KINDS.items()
    for mode in MODES
    # An event has no part to omit: the workspace refuses this mode (test_loading).
    if (kind.setting, mode) != ("unplanned_events", "omit")
]


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(("name", "mode"), CASES)
def test_each_mode_does_what_it_says_about_each_kind(
    tmp_path: Path, name: str, mode: str, form: str
) -> None:
    kind = KINDS[name]
    quiet = dict.fromkeys(Modes.model_fields, "allow")

    outcome = judged(
        in_form(tmp_path, form),
        Modes.model_validate(quiet | {kind.setting: mode}),
        **kind.event,
    )

    if mode == "reject":
        assert isinstance(outcome, Rejected)
        assert outcome.code == kind.code
        assert kind.violation[2] in outcome.message
        return
    assert isinstance(outcome, StoredEvent)
    assert "errors" not in outcome.enrichment
    whole = kind.event.get(kind.part, GOOD)
    found = {each["type"]: (each["field"], each["description"]) for each in outcome.violations}
    part = dict(getattr(outcome, kind.part))
    protocols = part.pop("protocols", None) or outcome.context.get("protocols")
    if mode == "allow":
        assert found == {}
    else:
        assert found[kind.violation[0]] == kind.violation[1:]
    if mode == "omit":
        assert part == kind.kept
        assert protocols == (dict([kind.omitted]) if kind.omitted else None)
        assert found.keys() - {kind.violation[0]} == ALSO.get(name, set())
    else:
        assert part == whole
        assert protocols is None


@pytest.mark.parametrize("form", FORMS)
def test_an_event_as_planned_is_taken_as_it_is(tmp_path: Path, form: str) -> None:
    strict = Modes.model_validate(dict.fromkeys(Modes.model_fields, "reject"))

    outcome = judged(in_form(tmp_path, form), strict)

    assert isinstance(outcome, StoredEvent)
    assert outcome.violations == ()


def test_what_is_unplanned_and_violates_has_segments_code_for_both(tmp_path: Path) -> None:
    strict = Modes.model_validate(dict.fromkeys(Modes.model_fields, "reject"))

    outcome = judged(in_form(tmp_path, "own"), strict, **order(coupon="x", total="y"))

    assert isinstance(outcome, Rejected)
    assert outcome.code == "unplanned_and_schema_violation"
