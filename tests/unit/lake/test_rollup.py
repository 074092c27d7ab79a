"""The nightly roll-up: fewer files, the same events, whatever happens on the way."""

from datetime import timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb
import pytest
from headwater.columns import COLUMNS
from headwater.lake.compaction import Busy
from headwater.lake.leases import acquire
from headwater.lake.rollup import RolledUp, RollUp

from tests.fakes import CrashError, CrashingStore, MemoryStore
from tests.unit.lake.bucket import NOON, an_event, arrive, compact

TOMORROW = NOON + timedelta(days=1)


def a_roll_up(store: MemoryStore | CrashingStore, directory: Path, **changes: object) -> RollUp:
    fields = {
        "store": store,
        "directory": directory / "work",
        "now": lambda: TOMORROW,
        "lease_for": timedelta(minutes=20),
    }
    return RollUp(**fields | changes)  # type: ignore[arg-type]


@cache
def _days(files: int) -> tuple[tuple[str, bytes], ...]:
    store = MemoryStore()
    with TemporaryDirectory() as directory:
        for number in range(files):
            event = an_event(f"m{number}", anonymous_id=f"d{-number}")
            arrive(store, [event], sequence=str(number))
            compact(store, Path(directory))
    return tuple(store.objects.items())


def a_day(store: MemoryStore, files: int = 3) -> list[str]:
    """A day of so many Parquet files with an event each; return its events."""
    store.objects.update(_days(files))
    return [f"m{number}" for number in range(files)]


def parquet_keys(store: MemoryStore) -> list[str]:
    return [entry.key for entry in store.list("events/")]


def seen(store: MemoryStore, directory: Path) -> list[str]:
    """The events of all files, as often as they are there."""
    found = []
    for key in parquet_keys(store):
        store.download(key, directory / "seen.parquet")
        rows = duckdb.execute(
            f"SELECT message_id FROM read_parquet('{directory / 'seen.parquet'}')"
        )
        found += [message_id for (message_id,) in rows.fetchall()]
    return sorted(found)


def test_the_files_of_a_day_become_one_with_the_same_events(tmp_path: Path) -> None:
    store = MemoryStore()
    events = a_day(store)
    old = parquet_keys(store)

    endings = list(a_roll_up(store, tmp_path).run())

    (new,) = parquet_keys(store)
    assert endings == [RolledUp("2026-03-01", files=3, rows=3)]
    assert new not in old
    assert seen(store, tmp_path) == events
    assert list(store.list("swaps/")) == []
    assert list(a_roll_up(store, tmp_path).run()) == []


def test_the_new_file_is_sorted_like_any_other_and_has_its_columns(tmp_path: Path) -> None:
    store = MemoryStore()
    a_day(store)

    list(a_roll_up(store, tmp_path).run())

    path = tmp_path / "new.parquet"
    store.download(parquet_keys(store)[0], path)
    answer = duckdb.execute(f"SELECT * FROM read_parquet('{path}', hive_partitioning = false)")
    assert [name for name, *_ in answer.description or ()] == [column.name for column in COLUMNS]
    place = [column.name for column in COLUMNS].index("anonymous_id")
    assert [row[place] for row in answer.fetchall()] == ["d-1", "d-2", "d0"]


def test_today_is_still_growing_and_is_left_alone(tmp_path: Path) -> None:
    store = MemoryStore()
    a_day(store)

    assert list(a_roll_up(store, tmp_path, now=lambda: NOON).run()) == []
    assert len(parquet_keys(store)) == 3


def test_a_copy_in_two_files_is_one_event_and_the_first_received_stays(tmp_path: Path) -> None:
    store = MemoryStore()
    arrive(store, [an_event("m1", name="late", received_at=NOON + timedelta(seconds=9))])
    compact(store, tmp_path)
    late = dict(store.objects)
    store.objects.clear()
    arrive(store, [an_event("m1", name="first")], sequence="2")
    compact(store, tmp_path)
    store.objects.update({key: body for key, body in late.items() if key.startswith("events/")})

    (ending,) = a_roll_up(store, tmp_path).run()

    assert ending == RolledUp("2026-03-01", files=2, rows=1)
    path = tmp_path / "new.parquet"
    store.download(parquet_keys(store)[0], path)
    assert duckdb.execute(f"SELECT name FROM read_parquet('{path}')").fetchall() == [("first",)]


def test_a_file_from_before_a_column_is_rolled_up_with_nothing_in_it(tmp_path: Path) -> None:
    store = MemoryStore()
    a_day(store, files=2)
    key, newest = parquet_keys(store)[0], "violations"  # as if it were
    whole, older = tmp_path / "whole.parquet", tmp_path / "older.parquet"
    store.download(key, whole)
    duckdb.execute(
        f"COPY (SELECT * EXCLUDE ({newest}), 1 AS gone FROM"
        f" read_parquet('{whole}', hive_partitioning = false)) TO '{older}'"
    )
    store.upload(older, key)

    list(a_roll_up(store, tmp_path).run())

    path = tmp_path / "new.parquet"
    store.download(parquet_keys(store)[0], path)
    rows = duckdb.execute(
        f"SELECT {newest}, gone FROM read_parquet('{path}') ORDER BY 1"
    ).fetchall()
    assert rows == [("[]", None), (None, 1)]


def test_files_that_are_large_together_stay_apart(tmp_path: Path) -> None:
    store = MemoryStore()
    a_day(store)
    sizes = [entry.size for entry in store.list("events/")]

    endings = list(a_roll_up(store, tmp_path, max_bytes=sizes[0] + sizes[1]).run())

    assert endings == [RolledUp("2026-03-01", files=2, rows=2)]
    assert len(parquet_keys(store)) == 2


def test_a_date_a_compactor_has_is_left_to_it(tmp_path: Path) -> None:
    store = MemoryStore()
    a_day(store)
    acquire(store, "events/dt=2026-03-01", now=NOON, until=TOMORROW + timedelta(minutes=1))

    assert list(a_roll_up(store, tmp_path).run()) == [Busy("2026-03-01")]
    assert len(parquet_keys(store)) == 3


def test_no_file_is_begun_when_time_is_up(tmp_path: Path) -> None:
    store = MemoryStore()
    a_day(store)

    assert list(a_roll_up(store, tmp_path).run(lambda: False)) == []
    assert len(parquet_keys(store)) == 3


def test_a_copy_that_comes_after_the_roll_up_is_still_known(tmp_path: Path) -> None:
    store = MemoryStore()
    events = a_day(store)
    list(a_roll_up(store, tmp_path).run())

    arrive(store, [an_event("m1")], sequence="9", at=TOMORROW)
    compact(store, tmp_path, TOMORROW)

    assert seen(store, tmp_path) == events


MOMENTS = 24


def test_a_night_without_a_crash_has_as_many_moments_as_the_test_below_tries(
    tmp_path: Path,
) -> None:
    store = MemoryStore()
    a_day(store, files=2)
    counting = CrashingStore(store, crash_at=1_000)

    list(a_roll_up(counting, tmp_path).run())

    assert counting.moments == MOMENTS


@pytest.mark.parametrize("crash_at", range(1, MOMENTS + 1))
def test_a_crash_at_any_moment_loses_nothing_and_the_next_run_doubles_nothing(
    tmp_path: Path, crash_at: int
) -> None:
    store = MemoryStore()
    events = a_day(store, files=2)
    with pytest.raises(CrashError):
        list(a_roll_up(CrashingStore(store, crash_at=crash_at), tmp_path).run())

    assert set(seen(store, tmp_path)) == set(events)

    # The next hour's compactor, when the dead one's lease has ended, finishes a swap.
    later = a_roll_up(store, tmp_path, now=lambda: TOMORROW + timedelta(minutes=20))
    assert list(later.finish()) == []
    assert seen(store, tmp_path) == events
    assert list(store.list("swaps/")) == []
    list(later.run())
    assert len(parquet_keys(store)) == 1
    assert seen(store, tmp_path) == events
