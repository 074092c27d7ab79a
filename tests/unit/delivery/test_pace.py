"""A declared rate is kept by each destination's own bucket."""

from typing import Any

import pytest
from headwater.delivery.pace import CONTAINERS, Pace
from hypothesis import given
from hypothesis import strategies as st

from tests.template.document import functions


class Clock:
    """A clock that only sleep moves."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def sleep(self, seconds: float) -> None:
        self.seconds += seconds


def a_pace() -> tuple[Pace, Clock]:
    clock = Clock()
    return Pace(seconds=lambda: clock.seconds, sleep=clock.sleep), clock


def test_without_a_rate_nobody_waits() -> None:
    pace, clock = a_pace()

    assert all(pace.take_turn("crm", None, within=0) for _ in range(1_000))
    assert clock.seconds == 0


@given(rate=st.floats(0.1, 500), turns=st.integers(1, 300))
def test_no_second_holds_more_turns_than_the_rate_and_one_burst(rate: float, turns: int) -> None:
    pace, clock = a_pace()

    taken = []
    for _ in range(turns):
        assert pace.take_turn("crm", rate, within=1e9)
        taken.append(clock.seconds)

    # Over any stretch of the run: a second's worth (at least one), and then the rate.
    burst = max(1.0, rate)
    for at, moment in enumerate(taken):
        since = [other for other in taken[at:] if other <= moment + 1.0]
        assert len(since) <= burst + rate + 1
    assert clock.seconds == pytest.approx(max(0.0, (turns - burst) / rate), abs=1.01 / rate)


def test_a_turn_that_comes_too_late_is_refused_and_costs_none() -> None:
    pace, clock = a_pace()
    assert pace.take_turn("crm", 1.0, within=10)

    assert not pace.take_turn("crm", 1.0, within=0.5)
    assert not pace.take_turn("crm", 1.0, within=0.5)
    assert pace.take_turn("crm", 1.0, within=1.0)
    assert clock.seconds == 1.0


def test_destinations_do_not_share_their_turns() -> None:
    pace, _ = a_pace()
    assert pace.take_turn("crm", 1.0, within=0)

    assert not pace.take_turn("crm", 1.0, within=0)
    assert pace.take_turn("ads", 1.0, within=0)


def test_the_containers_that_share_a_rate_are_as_many_as_the_template_allows() -> None:
    events: dict[str, Any] = functions()["forwarder"]["Events"]

    assert events["Deliveries"]["Properties"]["ScalingConfig"]["MaximumConcurrency"] == CONTAINERS
