"""An event sent again under another clock: profile read, Athena and the identity model agree on it."""

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest
from headwater.identity.people import read_profile
from headwater.lake.views import saved_query, views
from headwater.record import SourceReference, StoredEvent

from local.athena import Lake
from local.lake_events import events as stored_again
from local.lake_events import objects
from tests.fakes import CrashError, CrashingStore, MemoryStore
from tests.identity.memory_table import MemoryTable
from tests.identity.model import resolve
from tests.identity.tables import log_all, run
from tests.unit.lake.bucket import NOON, a_compactor, an_event, arrive, compact

SOURCES = (SourceReference("shop-server", "server"), SourceReference("shop-web", "browser"))
VALUES: tuple[Any, ...] = ("free", "pro", None, 7, {"deep": ["ä", {"x": None}]}, "", [], True)


def sent(random: Random) -> list[StoredEvent]:
    """Calls of a few people, most of them sent again a moment or a day later by a clock that moved."""
    calls = []
    for number in range(30):
        received_at = NOON - timedelta(minutes=random.randint(60, 120))
        user = random.choice(["u1", "u2", "u3", None])
        alias = user is not None and random.random() < 0.15
        call = an_event(
            f"m{number}",
            type="alias" if alias else random.choice(["identify", "identify", "page"]),
            anonymous_id=random.choice(["d1", "d2", None if user else "d3"]),
            user_id=user,
            previous_id=random.choice(["u1", "u9", "d2"]) if alias else None,
            source=random.choice(SOURCES),
            traits={
                name: random.choice(VALUES) for name in random.sample(["plan", "a.b", 'ö"$'], 2)
            },
            received_at=received_at,
            timestamp=received_at - timedelta(minutes=random.choice([0, 200, 250, 300, 3_000])),
        )
        if random.random() < 0.3:
            call = replace(call, user_id=None, identity=replace(call.identity, user_id=None))
            call = replace(call, enrichment={"claimedUserId": "u1"})
        calls.append(call)
        for _ in range(random.choice([0, 1, 1, 2])):
            moved = timedelta(minutes=random.randint(-90, 90))
            again = timedelta(seconds=random.choice([0, 1, 600]))
            calls.append(
                replace(
                    call, received_at=call.received_at + again, timestamp=call.timestamp + moved
                )
            )
    return random.sample(calls, len(calls))


def a_lake(store: MemoryStore, copies: list[StoredEvent], directory: Path) -> Lake:
    """The copies as the pipeline leaves them: in two compactions, and the last third still raw."""
    third = len(copies) // 3
    for number in range(2):
        arrive(store, copies[number * third : (number + 1) * third], sequence=str(number))
        compact(store, directory)
    arrive(store, copies[2 * third :], sequence="2")
    return Lake(directory / "lake", store=store, now=NOON)


@pytest.mark.parametrize("seed", range(6))
def test_who_somebody_is_does_not_depend_on_which_copy_was_kept(tmp_path: Path, seed: int) -> None:
    random = Random(seed)
    copies, table = sent(random), MemoryTable()
    run(copies, table, random, max_users=5)
    store = log_all(table.stream, table)
    heard = [copy for copy in copies if "claimedUserId" not in copy.enrichment]
    model = resolve(heard)

    lake = a_lake(store, copies, tmp_path)

    in_athena: dict[str, dict[str, object]] = {}
    for person, trait, value in lake.query("SELECT person_id, trait, value FROM traits").rows:
        in_athena.setdefault(person, {})[trait] = json.loads(value)
    for identity in {copy.identity for copy in heard}:
        profile = read_profile(identity, table, max_users_per_device=5)
        assert profile.person_id == (
            model.person_of_user(identity.user_id)
            if identity.user_id is not None
            else model.person_of_device(identity.anonymous_id or "")
        )
        assert profile.traits == in_athena.get(profile.person_id, {})
        assert profile.traits == model.traits_of(profile.person_id)
    assert lake.query(saved_query("identity_audit").sql).rows == ()
    ((rows, once),) = lake.query("SELECT count(*), count(DISTINCT message_id) FROM events").rows
    assert rows == once == len({copy.message_id for copy in copies})


def test_what_is_linked_again_from_the_lake_alone_is_the_same(tmp_path: Path) -> None:
    copies, table = sent(Random(1)), MemoryTable()
    run(copies, table, Random(1), max_users=5)
    store = MemoryStore()
    for number in range(3):
        arrive(store, copies[number::3], sequence=str(number))
        compact(store, tmp_path)
    for entry in list(store.list("archive/")):
        store.delete(entry.key)  # as after thirty days

    kept, again = list(stored_again(store, objects(store))), MemoryTable()
    run(kept, again, Random(2), max_users=5)

    assert resolve(_heard(kept)) == resolve(_heard(copies))
    assert {key: item.get("owner") for key, item in again.items.items()} == {
        key: item.get("owner") for key, item in table.items.items()
    }


def _heard(events: list[StoredEvent]) -> list[StoredEvent]:
    return [event for event in events if "claimedUserId" not in event.enrichment]


@pytest.mark.parametrize("crash_at", range(1, 30))
def test_a_crash_at_any_moment_keeps_the_copy(tmp_path: Path, crash_at: int) -> None:
    store = MemoryStore()
    later = NOON + timedelta(seconds=9)
    arrive(store, [an_event(anonymous_id="d1", user_id="u1")], sequence="1")
    arrive(store, [an_event(anonymous_id="d1", user_id="u1", received_at=later)], sequence="2")
    arrive(store, [an_event(anonymous_id="d1", user_id="u1")], sequence="3")  # the same line again
    try:
        list(a_compactor(CrashingStore(store, crash_at=crash_at), tmp_path).run())
    except CrashError:
        compact(store, tmp_path, NOON + timedelta(minutes=20))

    lake = Lake(tmp_path / "lake", store=store, now=NOON + timedelta(days=9))

    assert lake.query("SELECT received_at FROM events").rows == ((NOON.replace(tzinfo=None),),)
    assert lake.query("SELECT received_at FROM copies_parquet").rows == (
        (later.replace(tzinfo=None),),
    )


def test_events_and_their_copies_are_given_the_same_person_and_time() -> None:
    computed = {
        view.name: view.sql.partition("    CASE\n")[2].partition(" AS base_person_id")[0]
        for view in views()
    }

    assert computed["events_resolved"]
    assert computed["events_resolved"] == computed["identity_events"]


def test_a_day_of_identity_events_reads_that_days_files(tmp_path: Path) -> None:
    store = MemoryStore()
    for days in range(5):
        moment = NOON - timedelta(days=days)
        call = an_event(
            f"m{days}", type="identify", user_id="u1", traits={"n": days}, received_at=moment
        )
        arrive(store, [call, replace(call, timestamp=moment - timedelta(hours=1))], at=moment)
    compact(store, tmp_path)
    lake = Lake(tmp_path / "lake", store=store, now=NOON + timedelta(days=30))

    # `said` is this view with each trait unnested. Trino pushes the day through UNNEST, DuckDB does not.
    assert lake.files_read("SELECT count(*) FROM identity_events WHERE dt = '2026-02-27'") == {
        "READ_PARQUET": 2
    }
    assert lake.files_read("SELECT count(*) FROM identity_events") == {"READ_PARQUET": 10}
