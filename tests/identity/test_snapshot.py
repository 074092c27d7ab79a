"""The table told anew says what the log of its changes says, and heals what the log has lost."""

import gzip
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import orjson
import pytest
from headwater.identity.snapshot import Snapshot, take_snapshot
from headwater.lake.keys import identity_changes_key

from tests.fakes import MemoryStore
from tests.identity.memory_table import MemoryTable
from tests.identity.scenarios import SCENARIOS, Scenario, answer, expected
from tests.identity.tables import log_all, run

NOW = datetime(2026, 3, 10, 8, tzinfo=UTC)
scenarios = pytest.mark.parametrize("scenario", SCENARIOS, ids=str)


def played(scenario: Scenario) -> MemoryTable:
    table = MemoryTable()
    run(scenario.events, table, Random(1), max_users=scenario.max_users)
    return table


def taken(table: MemoryTable, store: MemoryStore, now: datetime = NOW, **more: Any) -> Snapshot:
    return take_snapshot(table, store, now=now, part_key=identity_changes_key, **more)


def answers(store: MemoryStore) -> dict[tuple[str, str], tuple[Any, ...]]:
    """What the views take from the log: per id what its row with the largest seq says."""
    rows = [
        orjson.loads(line)
        for body in store.objects.values()
        for line in gzip.decompress(body).splitlines()
    ]
    return {
        (row["kind"], row["id_value"]): (row["owner_user_id"], row["shared"], row["root_id"])
        for row in sorted(rows, key=lambda row: row["seq"])
    }


@scenarios
def test_a_snapshot_says_what_the_log_says(scenario: Scenario) -> None:
    table, store = played(scenario), MemoryStore()
    logged = log_all(table.stream, table)

    told = taken(table, store, items_a_part=3)

    assert told.whole
    assert answers(store) == answers(logged)
    store.objects |= logged.objects
    assert answers(store) == answers(logged)


@scenarios
def test_a_snapshot_taken_afresh_brings_back_the_edges_that_profiles_are_read_by(
    scenario: Scenario,
) -> None:
    table = played(scenario)  # whose stream nobody logged

    taken(table, MemoryStore(), afresh=True, items_a_part=5)

    assert answer(scenario, table) == expected(scenario, table)


def test_a_snapshot_goes_on_where_time_was_up_and_is_taken_once_a_day() -> None:
    table, store = played(SCENARIOS[0]), MemoryStore()
    calls = iter([True, False, True, True, True, True, True])

    first = taken(table, store, has_time=lambda: next(calls), items_a_part=1)
    then = taken(table, store, items_a_part=1)
    scans = table.reads
    again = taken(table, store, items_a_part=1)

    assert (first.parts, first.whole) == (1, False)
    assert then.whole
    assert again == then
    assert table.reads == scans + 1  # of how far it is
    assert answers(store) == answers(log_all(table.stream, table))


def test_the_parts_of_the_day_before_go_when_todays_snapshot_is_whole() -> None:
    table, store = played(SCENARIOS[0]), MemoryStore()
    store.put("identity_changes/dt=2026-03-10/1-2.ndjson.gz", gzip.compress(b""))
    taken(table, store, items_a_part=2)
    before = set(store.objects)

    taken(table, store, now=NOW + timedelta(days=1), has_time=lambda: False)
    assert set(store.objects) == before
    taken(table, store, now=NOW + timedelta(days=1), items_a_part=2)

    assert {key.split("/")[1] for key in store.objects if "snapshot" in key} == {"dt=2026-03-11"}
    assert "identity_changes/dt=2026-03-10/1-2.ndjson.gz" in store.objects
