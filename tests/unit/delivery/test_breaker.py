"""A vendor that is down is left alone, and one forwarder finds out when it is back."""

from datetime import timedelta

import pytest
from headwater.delivery.breaker import Breakers
from headwater.destination import Result
from headwater.outcomes import Verdict

from tests.examples import NOON
from tests.fakes import MemoryTable

RETRY, AUTH, OK, DROP, THROTTLE = (
    [Result(verdict)]
    for verdict in (Verdict.RETRY, Verdict.AUTH, Verdict.OK, Verdict.DROP, Verdict.THROTTLE)
)


class Forwarders:
    """Two forwarders that share a table, and a clock that both look at."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self.table = MemoryTable()
        self.one, self.other = (
            Breakers(self.table, seconds=lambda: self.seconds) for _ in range(2)
        )

    def later(self, seconds: float) -> None:
        self.seconds += seconds

    def fail(self, times: int) -> None:
        for _ in range(times):
            self.one.note("crm", RETRY, now=self.now)

    @property
    def now(self):  # type: ignore[no-untyped-def]
        return NOON + timedelta(seconds=self.seconds)

    def waits(self) -> list[float]:
        return [each.wait_seconds("crm", now=self.now) for each in (self.one, self.other)]


def test_a_healthy_destination_costs_one_read_each_five_seconds_and_no_write() -> None:
    forwarders = Forwarders()

    for _ in range(100):
        assert forwarders.one.wait_seconds("crm", now=forwarders.now) == 0.0
        forwarders.one.note("crm", OK, now=forwarders.now)
        forwarders.later(0.1)

    assert (forwarders.table.reads, forwarders.table.writes) == (2, 0)


def test_five_failures_in_a_row_leave_it_alone_for_all_forwarders() -> None:
    forwarders = Forwarders()

    forwarders.fail(4)
    before = forwarders.waits()
    forwarders.fail(1)
    forwarders.later(5.0)

    assert (before, forwarders.waits()) == ([0.0, 0.0], [25.0, 25.0])


def test_a_sign_of_life_between_failures_starts_the_count_again() -> None:
    forwarders = Forwarders()

    for life in (OK, DROP):
        forwarders.fail(4)
        forwarders.waits()
        forwarders.one.note("crm", life, now=forwarders.now)
    forwarders.fail(4)

    assert forwarders.waits() == [0.0, 0.0]


def test_being_throttled_is_no_failure() -> None:
    forwarders = Forwarders()

    for _ in range(20):
        forwarders.one.note("crm", THROTTLE, now=forwarders.now)

    assert forwarders.waits() == [0.0, 0.0]


def test_a_refused_key_leaves_it_alone_at_once_for_five_minutes() -> None:
    forwarders = Forwarders()

    forwarders.one.note("crm", AUTH, now=forwarders.now)

    assert forwarders.waits() == [300.0, 300.0]


def test_after_the_break_one_asks_and_the_others_wait_for_its_answer() -> None:
    forwarders = Forwarders()
    forwarders.fail(5)
    forwarders.later(30.0)

    assert forwarders.waits() == [0.0, 20.0]


def test_a_vendor_that_is_back_is_asked_by_all() -> None:
    forwarders = Forwarders()
    forwarders.fail(5)
    forwarders.later(30.0)
    forwarders.waits()

    forwarders.one.note("crm", OK, now=forwarders.now)
    forwarders.later(5.0)

    assert forwarders.waits() == [0.0, 0.0]


def test_failures_of_those_who_were_asking_together_are_one_trip() -> None:
    forwarders = Forwarders()

    forwarders.fail(20)

    assert forwarders.waits() == [30.0, 30.0]


def test_each_break_is_twice_as_long_up_to_five_minutes() -> None:
    forwarders = Forwarders()
    forwarders.fail(5)
    breaks = []

    for _ in range(6):
        length = forwarders.one.wait_seconds("crm", now=forwarders.now)
        breaks.append(length)
        forwarders.later(length)
        assert forwarders.one.wait_seconds("crm", now=forwarders.now) == 0.0
        forwarders.fail(1)

    assert breaks == [30.0, 60.0, 120.0, 240.0, 300.0, 300.0]


def test_a_table_that_does_not_answer_stops_nothing() -> None:
    breakers = Breakers(MemoryTable(down=True), seconds=lambda: 0.0)

    for _ in range(10):
        breakers.note("crm", RETRY, now=NOON)

    assert breakers.wait_seconds("crm", now=NOON) == 0.0


@pytest.mark.parametrize("life", [OK, DROP])
def test_the_breaker_of_one_destination_is_not_anothers(life: list[Result]) -> None:
    forwarders = Forwarders()
    forwarders.fail(5)
    forwarders.one.note("other", life, now=forwarders.now)

    assert forwarders.one.wait_seconds("other", now=forwarders.now) == 0.0
    assert forwarders.one.wait_seconds("crm", now=forwarders.now) == 30.0
