"""When to try again, and when to give up."""

from datetime import timedelta

import pytest
from headwater.delivery.backoff import patience, wait_seconds
from headwater.destination import Result
from headwater.outcomes import Verdict

from tests.unit.delivery.test_parcels import a_sheet

RETRY = Result(Verdict.RETRY, "http_503")
DRAWS = (lambda: 0.0, lambda: 0.5, lambda: 1.0)


@pytest.mark.parametrize(
    ("attempt", "longest"), [(0, 10.0), (1, 20.0), (3, 80.0), (7, 900.0), (1_000, 900.0)]
)
def test_the_wait_is_drawn_from_an_interval_that_doubles_up_to_a_quarter_hour(
    attempt: int, longest: float
) -> None:
    waits = [wait_seconds(RETRY, attempt=attempt, random=drawn) for drawn in DRAWS]

    assert waits == [0.0, longest / 2, longest]


def test_the_vendors_own_wait_is_kept_and_never_undercut() -> None:
    said = Result(Verdict.THROTTLE, "http_429", wait_seconds=60.0)

    waits = [wait_seconds(said, attempt=9, random=drawn) for drawn in DRAWS]

    assert waits == [60.0, 63.0, 66.0]


def test_what_only_a_human_can_mend_waits_five_minutes() -> None:
    assert wait_seconds(Result(Verdict.AUTH), attempt=0, random=lambda: 0.0) == 300.0


@pytest.mark.parametrize(
    ("max_age", "expected"),
    [
        (None, timedelta(hours=4)),
        (timedelta(days=3), timedelta(hours=4)),
        (timedelta(hours=2), timedelta(minutes=115)),
        (timedelta(minutes=1), timedelta(0)),
    ],
)
def test_we_give_up_before_the_vendor_finds_the_event_too_old(
    max_age: timedelta | None, expected: timedelta
) -> None:
    assert patience(a_sheet(max_age=max_age)) == expected
