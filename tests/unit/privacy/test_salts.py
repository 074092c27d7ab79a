"""A day's salt is there before the day, never changes, and is gone at noon of the day after."""

from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import count

import pytest
from headwater.adapters.dynamodb import DynamoTable
from headwater.privacy.salts import rotate

from tests.dynamodb_tables import a_table


@pytest.fixture
def table(monkeypatch: pytest.MonkeyPatch) -> Iterator[DynamoTable]:
    with a_table(monkeypatch, "salts") as made:
        yield made


def salts(table: DynamoTable) -> dict[str, str]:
    return {item["sk"]: item["salt"] for item in table.query("salt")}


def test_salts_come_before_their_day_and_go_after_it(table: DynamoTable) -> None:
    numbers = count()

    def new_salt() -> bytes:
        return bytes([next(numbers)]) * 32

    def at(day: int, hour: int) -> None:
        rotate(table, now=datetime(2026, 3, day, hour, tzinfo=UTC), new_salt=new_salt)

    at(1, 0)
    first = salts(table)
    at(1, 23)
    assert salts(table) == first
    assert set(first) == {"2026-03-01", "2026-03-02"}
    assert len(set(first.values())) == 2

    at(2, 11)
    assert set(salts(table)) == {"2026-03-01", "2026-03-02", "2026-03-03"}
    at(2, 12)
    assert set(salts(table)) == {"2026-03-02", "2026-03-03"}
    assert salts(table)["2026-03-02"] == first["2026-03-02"]

    at(9, 5)
    assert set(salts(table)) == {"2026-03-09", "2026-03-10"}
