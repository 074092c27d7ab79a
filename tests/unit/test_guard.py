"""The guard's rule: down when the hour has too much, up when it has not, and nobody's hand undone."""

from datetime import UTC, datetime, timedelta

import pytest
from headwater.guard import Ring, Throttle, by_hand, floor_of, follow, guarded, heard

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
LATER = NOON + timedelta(hours=1)
OWN = Throttle(1000)
FLOOR = 50.0


def down(throttle: Throttle = OWN, *, at: datetime = NOON) -> Throttle:
    ordered = follow(Ring(over=True, at=at), throttle, floor=FLOOR)
    assert ordered.throttle is not None
    return ordered.throttle


@pytest.mark.parametrize(("events", "floor"), [(360_000, 50), (3_600, 1), (1, 1)])
def test_the_floor_is_half_the_pace_and_never_nothing(events: int, floor: float) -> None:
    assert floor_of(events) == floor


def test_it_goes_down_says_since_when_and_comes_back_to_where_it_was() -> None:
    held = down()
    on = guarded(held)
    ordered = follow(Ring(over=False, at=LATER), held, floor=FLOOR)

    assert held.rate == FLOOR
    assert on is not None
    assert (on.since, on.floor, on.before) == (NOON, FLOOR, 1000)
    assert ordered.outcome == "released"
    assert ordered.throttle is not None
    assert ordered.throttle.rate == 1000
    assert guarded(ordered.throttle) is None


def test_a_throttle_lower_than_the_floor_stays_and_comes_back_as_it_was() -> None:
    held = down(by_hand(10, at=NOON - timedelta(hours=1)))
    ordered = follow(Ring(over=False, at=LATER), held, floor=FLOOR)

    assert held.rate == 10
    assert ordered.throttle is not None
    assert ordered.throttle.rate == 10


def test_the_same_ring_twice_changes_nothing() -> None:
    assert follow(Ring(over=True, at=NOON), down(), floor=FLOOR).outcome == "kept"
    assert follow(Ring(over=False, at=NOON), OWN, floor=FLOOR).outcome == "kept"


def test_an_older_ring_is_not_heard_after_a_newer_one() -> None:
    released = follow(Ring(over=False, at=LATER), down(), floor=FLOOR).throttle
    assert released is not None

    assert follow(Ring(over=True, at=NOON), released, floor=FLOOR).outcome == "late"
    assert follow(Ring(over=False, at=NOON), down(at=LATER), floor=FLOOR).outcome == "late"
    assert follow(Ring(over=True, at=NOON), by_hand(500, at=LATER), floor=FLOOR).outcome == "late"


@pytest.mark.parametrize("moved", [200.0, 2000.0])
def test_what_somebody_has_set_meanwhile_is_not_undone(moved: float) -> None:
    by_a_deployment = Throttle(moved, down().word)

    ordered = follow(Ring(over=False, at=LATER), by_a_deployment, floor=FLOOR)

    assert ordered.outcome == "moved"
    assert ordered.throttle is not None
    assert ordered.throttle.rate == moved


def test_what_an_operator_has_set_meanwhile_is_left_whole() -> None:
    theirs = by_hand(200, at=NOON + timedelta(minutes=10))

    assert follow(Ring(over=False, at=LATER), theirs, floor=FLOOR).throttle is None


@pytest.mark.parametrize("value", ["INSUFFICIENT_DATA", "ok"])
def test_a_state_that_means_nothing_is_refused(value: str) -> None:
    event = {"alarmData": {"state": {"value": value, "timestamp": "2026-03-01T12:00:00.000+0000"}}}

    with pytest.raises(ValueError, match=value):
        heard(event)
