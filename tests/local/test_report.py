"""The demo's report notices each promise that did not hold."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from headwater.ids import person_of_device, person_of_user

from local.athena import Rows
from local.evidence import Delivered, Kept, Known
from local.journey import Journey
from local.played import Sent
from local.report import Answer, Evidence, checks, lines

PETER = person_of_user("peter")
KNOWN = Known(PETER, "peter", {"email": "peter@initec.example"})
JOURNEY = Journey(
    played_by="a test",
    began_at=datetime(2026, 3, 1, tzinfo=UTC),
    email="peter@initec.example",
    user_id="peter",
    laptop="device-1",
    phone="device-2",
    sent=(
        Sent("laptop", "m1", "page", "Home", "device-1", None),
        Sent("laptop", "m2", "identify", None, "device-1", "peter"),
        Sent("phone", "m3", "track", "Signed In", "device-2", "peter"),
    ),
)


def delivered(*message_ids: str) -> Mapping[str, Delivered]:
    return {message_id: Delivered(1, frozenset({PETER})) for message_id in message_ids}


ALL_WELL = Evidence(
    journey=JOURNEY,
    before=Known(person_of_device("device-1"), None, {}),
    after=KNOWN,
    phone=KNOWN,
    kept={message_id: Kept(1, frozenset({PETER})) for message_id in ("m1", "m2", "m3", "other")},
    delivered={"webhook": delivered("m1", "m2", "m3"), "relay": delivered("m2", "m3")},
)


def broken(seen: Evidence) -> list[str]:
    return [f"{check.promise}: {check.finding}" for check in checks(seen) if not check.holds]


def test_a_journey_that_arrived_whole_breaks_no_promise() -> None:
    assert broken(ALL_WELL) == []


def test_an_event_that_leaves_the_plan_is_noticed() -> None:
    assert broken(replace(ALL_WELL, violations=2)) == [
        "every event of the journey is as the tracking plan says: violations: 2"
    ]


@pytest.mark.parametrize("times", [0, 2])
def test_an_event_that_is_missing_or_twice_in_the_lake_is_noticed(times: int) -> None:
    kept = {**ALL_WELL.kept, "m3": Kept(times, frozenset({PETER}))}

    assert broken(replace(ALL_WELL, kept=kept)) == [
        "every event of the journey is in the lake exactly once: 2 of 3"
    ]


def test_an_anonymous_event_that_stayed_with_nobody_is_noticed() -> None:
    kept = {**ALL_WELL.kept, "m1": Kept(1, frozenset({person_of_device("device-1")}))}

    assert broken(replace(ALL_WELL, kept=kept)) == [
        "what was done before signing up now belongs to the person: 0 of 1 anonymous events"
    ]


def test_a_visitor_who_was_known_too_early_is_noticed() -> None:
    assert broken(replace(ALL_WELL, before=KNOWN)) == [
        f"before signing up, the visitor was somebody without a user id: person {PETER}"
    ]


def test_a_phone_of_somebody_else_is_noticed() -> None:
    phone = Known(person_of_device("device-2"), None, {})

    assert broken(replace(ALL_WELL, phone=phone)) == [
        f"laptop and phone belong to one person: 2 devices, person {PETER}"
    ]


@pytest.mark.parametrize(
    ("name", "taken", "finding"),
    [("webhook", ("m1", "m2"), "2 of 3"), ("relay", ("m2",), "1 of 2"), ("relay", (), "0 of 2")],
)
def test_a_delivery_that_did_not_arrive_is_noticed(
    name: str, taken: tuple[str, ...], finding: str
) -> None:
    deliveries = {**ALL_WELL.delivered, name: delivered(*taken)}

    assert broken(replace(ALL_WELL, delivered=deliveries)) == [
        f"the destination “{name}” got every event it is due: {finding}"
    ]


def test_a_second_delivery_is_told_and_breaks_nothing() -> None:
    webhook = {**ALL_WELL.delivered["webhook"], "m1": Delivered(2, frozenset())}
    seen = replace(ALL_WELL, delivered={**ALL_WELL.delivered, "webhook": webhook})

    assert broken(seen) == []
    assert "  ✓ the destination “webhook” got every event it is due: 3 of 3, 1 more than once" in (
        list(lines(seen))
    )


def test_the_report_shows_each_event_person_delivery_and_answer() -> None:
    answer = Answer("How many?", "SELECT count(*) FROM events", Rows(("events",), ((3,), (None,))))

    text = list(lines(replace(ALL_WELL, answers=(answer,))))

    squeezed = {" ".join(line.split()) for line in text}
    assert {
        "laptop page “Home” device device-1… once",
        "laptop identify user peter once",
        "phone track “Signed In” user peter once",
        f"before, laptop {person_of_device('device-1')} none yet none",
        f"after, phone {PETER} peter email: peter@initec.example",
        "webhook 3 3",
        "relay 2 2",
        "Athena: How many?",
        "SELECT count(*) FROM events",
    } <= squeezed
    assert text[text.index("  events") :][:4] == ["  events", "  ──────", "  3", ""]
