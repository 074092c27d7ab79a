"""The breaker's expressions, against moto's DynamoDB: the unit tests' fake says what it says."""

from collections.abc import Iterator
from datetime import timedelta
from itertools import count

import pytest
from headwater.adapters.dynamodb import DynamoTable
from headwater.delivery.breaker import Breakers
from headwater.delivery.slowness import HOLD_SECONDS, Slowness
from headwater.destination import Result
from headwater.outcomes import Verdict

from tests.dynamodb_tables import a_table
from tests.examples import NOON


@pytest.fixture
def table(monkeypatch: pytest.MonkeyPatch) -> Iterator[DynamoTable]:
    with a_table(monkeypatch, "breakers") as table:
        yield table


def test_the_life_of_a_breaker(table: DynamoTable) -> None:
    one, other = (Breakers(table, seconds=iter(range(0, 1_000, 10)).__next__) for _ in range(2))
    waits = [one.wait_seconds("crm", now=NOON)]
    for _ in range(5):
        one.note("crm", [Result(Verdict.RETRY)], now=NOON)
    waits += [other.wait_seconds("crm", now=NOON)]
    back = NOON + timedelta(seconds=30)
    waits += [one.wait_seconds("crm", now=back), other.wait_seconds("crm", now=back)]
    one.note("crm", [Result(Verdict.OK)], now=back)
    waits += [other.wait_seconds("crm", now=back)]

    assert waits == [0.0, 30.0, 0.0, 20.0, 0.0]


def test_the_places_of_those_who_ask_slow_destinations(table: DynamoTable) -> None:
    forwarders = [Slowness(table, seconds=lambda: 0.0, me=me) for me in range(3)]
    for one in forwarders:
        one.took("crm", 7.0)

    assert [one.may_ask("crm", now=NOON) for one in forwarders] == [True, True, False]
    later = NOON + timedelta(seconds=HOLD_SECONDS - 1)
    again = Slowness(table, seconds=lambda: 0.0, me=0)
    again.took("crm", 7.0)
    assert again.may_ask("crm", now=later), "its own place"
    other = Slowness(table, seconds=count(step=10).__next__, me=9)
    other.took("crm", 7.0)
    assert not other.may_ask("crm", now=NOON)
    assert other.may_ask("crm", now=later + timedelta(seconds=1)), "the place of one that went away"
