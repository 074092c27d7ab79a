import gzip
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import orjson
import pytest
from headwater.lake.compaction import Busy, Compacted, slices, with_neighbours
from headwater.lake.leases import acquire
from headwater.ports import StoredObject
from headwater.privacy.suppressed import KEY_BYTES, Suppressed, hashed
from headwater.privacy.suppressions import OBJECT
from headwater.record import StoredEvent

from local.athena import Lake
from tests.fakes import CrashError, CrashingStore, MemoryStore
from tests.unit.lake.bucket import NOON, a_compactor, an_event, arrive, compact

MIDNIGHT = datetime(2026, 3, 2, tzinfo=UTC)
YESTERDAY = NOON - timedelta(days=1)


def in_parquet(store: MemoryStore, directory: Path) -> list[tuple[str, str, str]]:
    lake = Lake(directory / "lake", store=store, now=NOON)
    answer = lake.query(
        "SELECT message_id, dt, source_id FROM events_parquet ORDER BY dt, message_id, source_id"
    )
    return [(message_id, dt, source) for message_id, dt, source in answer.rows]


def test_raw_objects_become_one_parquet_file_and_are_archived(tmp_path: Path) -> None:
    store = MemoryStore()
    arrive(store, [an_event("m1"), an_event("m2")], sequence="1")
    arrive(store, [an_event("m3")], sequence="2")
    raw = [entry.key for entry in store.list("raw/")]

    (ending,) = compact(store, tmp_path)

    assert isinstance(ending, Compacted)
    assert ending == Compacted(objects=2, added=3, duplicates=0, unreadable=0, files=ending.files)
    assert [entry.key for entry in store.list("events/")] == list(ending.files)
    assert [entry.key for entry in store.list("archive/")] == [f"archive/{key}" for key in raw]
    assert list(store.list("raw/")) == []
    assert in_parquet(store, tmp_path) == [
        ("m1", "2026-03-01", "shop-web"),
        ("m2", "2026-03-01", "shop-web"),
        ("m3", "2026-03-01", "shop-web"),
    ]


def test_what_the_suppressed_sent_never_becomes_parquet(tmp_path: Path) -> None:
    store = MemoryStore()
    key = b"k" * KEY_BYTES
    suppressed = Suppressed.of([hashed("user", "u", key), hashed("anonymous", "d", key)], key)
    store.put(OBJECT, suppressed.to_bytes())
    arrive(
        store,
        [
            an_event("m1", user_id="u", anonymous_id="x"),
            an_event("m2", anonymous_id="d"),
            an_event("m3", previous_id="d", user_id="v"),
            an_event("m4", user_id="d", anonymous_id="u"),
            an_event("m5"),
        ],
    )

    (ending,) = compact(store, tmp_path)

    assert isinstance(ending, Compacted)
    assert ending.added == 2
    assert [message_id for message_id, _, _ in in_parquet(store, tmp_path)] == ["m4", "m5"]


@pytest.mark.parametrize("crash_at", [None, *range(1, 30)])
def test_nothing_of_the_suppressed_is_kept_when_a_slice_is_done(
    tmp_path: Path, crash_at: int | None
) -> None:
    store = MemoryStore()
    key = b"k" * KEY_BYTES
    arrive(store, [an_event("m1", type="identify", user_id="u", anonymous_id="x")], sequence="1")
    compact(store, tmp_path)  # from before the suppression: erasure's to find
    kept = dict(store.objects)
    store.put(OBJECT, Suppressed.of([hashed("user", "u", key)], key).to_bytes())
    again = an_event("m1", type="identify", user_id="u", anonymous_id="x", timestamp=YESTERDAY)
    claimed = an_event("m2", anonymous_id="y", enrichment={"claimedUserId": "u"})
    arrive(store, [again, an_event("m3", anonymous_id="z"), claimed], sequence="2")
    arrive(store, [an_event("m4", anonymous_id="z")], sequence="3")
    untouched = next(body for name, body in store.objects.items() if "-3-3" in name)

    try:
        list(a_compactor(CrashingStore(store, crash_at=crash_at or 1_000), tmp_path).run())
    except CrashError:
        compact(store, tmp_path, NOON + timedelta(minutes=20))

    assert list(store.list("raw/")) == []
    assert list(store.list("event_copies/")) == []
    archived = {name: body for name, body in store.objects.items() if name.startswith("archive/")}
    lines = [
        orjson.loads(line)["messageId"]
        for name, body in archived.items()
        if name not in kept
        for line in gzip.decompress(body).splitlines()
    ]
    assert sorted(lines) == ["m3", "m4"]
    assert untouched in archived.values()
    added = [path for path, _, _ in in_parquet(store, tmp_path)]
    assert added == ["m1", "m3", "m4"]


def test_nothing_raw_is_nothing_to_do(tmp_path: Path) -> None:
    store = MemoryStore()

    assert compact(store, tmp_path) == []
    assert store.objects == {}


def test_of_an_events_copies_the_first_received_is_kept(tmp_path: Path) -> None:
    store = MemoryStore()
    late = NOON + timedelta(seconds=5)
    arrive(store, [an_event("m1", name="second", received_at=late)], sequence="1")
    arrive(store, [an_event("m1", name="first"), an_event("m1", name="second")], sequence="2")

    (ending,) = compact(store, tmp_path)

    assert isinstance(ending, Compacted)
    assert (ending.added, ending.duplicates) == (1, 2)
    lake = Lake(tmp_path / "lake", store=store, now=NOON)
    assert lake.query("SELECT name FROM events_parquet").rows == (("first",),)


def test_the_same_message_id_of_two_sources_is_two_events(tmp_path: Path) -> None:
    store = MemoryStore()
    server = StoredEvent.from_json(
        an_event("m1").to_json() | {"source": {"id": "shop-server", "kind": "server"}}
    )
    arrive(store, [an_event("m1"), server])

    compact(store, tmp_path)

    assert in_parquet(store, tmp_path) == [
        ("m1", "2026-03-01", "shop-server"),
        ("m1", "2026-03-01", "shop-web"),
    ]


def test_a_copy_of_an_hour_ago_is_dropped_and_no_file_is_written(tmp_path: Path) -> None:
    store = MemoryStore()
    arrive(store, [an_event("m1")], sequence="1")
    compact(store, tmp_path)
    arrive(store, [an_event("m1")], sequence="9", at=NOON + timedelta(hours=1))

    (ending,) = compact(store, tmp_path)

    assert ending == Compacted(objects=1, added=0, duplicates=1, unreadable=0, files=())
    assert in_parquet(store, tmp_path) == [("m1", "2026-03-01", "shop-web")]


@pytest.mark.parametrize("first", ["before", "after"])
def test_a_retry_over_midnight_is_one_event_whichever_is_compacted_first(
    tmp_path: Path, first: str
) -> None:
    store = MemoryStore()
    before = an_event("m1", received_at=MIDNIGHT - timedelta(seconds=1))
    after = an_event("m1", received_at=MIDNIGHT + timedelta(seconds=1))
    order = [before, after] if first == "before" else [after, before]

    for number, event in enumerate(order):
        arrive(store, [event], sequence=str(number), at=MIDNIGHT)
        compact(store, tmp_path)

    assert [message_id for message_id, _, _ in in_parquet(store, tmp_path)] == ["m1"]


def test_an_event_is_filed_under_the_date_it_was_received_not_the_date_it_arrived(
    tmp_path: Path,
) -> None:
    store = MemoryStore()
    spilled = an_event("m1", received_at=NOON - timedelta(days=3))
    arrive(store, [spilled, an_event("m2")], at=NOON)

    compact(store, tmp_path)

    assert in_parquet(store, tmp_path) == [
        ("m1", "2026-02-26", "shop-web"),
        ("m2", "2026-03-01", "shop-web"),
    ]


def test_a_line_that_is_no_event_is_set_aside_and_costs_no_other_line(tmp_path: Path) -> None:
    store = MemoryStore()
    broken = [b"not json", b'{"messageId":"m9"}', b"[1,2]", b'"text"', b"\xff\xfe"]
    arrive(store, [an_event("m1")])
    (raw,) = [entry.key for entry in store.list("raw/")]
    lines = gzip.decompress(store.objects[raw]) + b"\n".join(broken) + b"\n"
    store.objects[raw] = landed = gzip.compress(lines)

    (ending,) = compact(store, tmp_path)

    assert isinstance(ending, Compacted)
    assert (ending.added, ending.unreadable) == (1, len(broken))
    (aside,) = [entry.key for entry in store.list("failed/compactor/dt=2026-03-01/")]
    assert sorted(gzip.decompress(store.objects[aside]).splitlines()) == sorted(broken)
    assert store.objects[f"archive/{raw}"] == landed


def test_a_partition_is_taken_in_slices_and_no_slice_starts_when_time_is_up(
    tmp_path: Path,
) -> None:
    store = MemoryStore()
    for number in range(4):
        arrive(store, [an_event(f"m{number}")], sequence=str(number))
    answers = iter([True, True, True, False])

    endings = list(a_compactor(store, tmp_path, slice_bytes=1).run(lambda: next(answers)))

    assert [ending.added for ending in endings if isinstance(ending, Compacted)] == [1, 1]
    assert len(list(store.list("raw/"))) == 2
    assert [e.added for e in compact(store, tmp_path) if isinstance(e, Compacted)] == [2]
    assert len(in_parquet(store, tmp_path)) == 4


def test_slices_end_before_the_limit_and_hold_at_least_one_object() -> None:
    sizes = [3, 3, 3, 20, 1]
    objects = [StoredObject(f"raw/{n}", size, NOON) for n, size in enumerate(sizes)]

    parts = [[entry.size for entry in part] for part in slices(objects, 7)]

    assert parts == [[3, 3], [3], [20], [1]]


def test_days_come_with_their_neighbours_once() -> None:
    days = [date(2026, 3, 1), date(2026, 3, 2)]

    assert with_neighbours(days) == [
        date(2026, 2, 28),
        date(2026, 3, 1),
        date(2026, 3, 2),
        date(2026, 3, 3),
    ]


@pytest.mark.parametrize("held", ["raw/dt=2026-03-01", "events/dt=2026-02-28"])
def test_a_date_another_compactor_has_is_left_to_it(tmp_path: Path, held: str) -> None:
    store = MemoryStore()
    arrive(store, [an_event("m1")])
    acquire(store, held, now=NOON, until=NOON + timedelta(minutes=16))

    assert compact(store, tmp_path) == [Busy("2026-03-01")]

    assert len(list(store.list("raw/"))) == 1
    assert list(store.list("events/")) == []
    (ending,) = compact(store, tmp_path, NOON + timedelta(minutes=16))
    assert isinstance(ending, Compacted)
    assert ending.added == 1


def test_the_lag_is_the_age_of_the_oldest_raw_object(tmp_path: Path) -> None:
    store = MemoryStore(now=NOON)
    compactor = a_compactor(store, tmp_path, NOON + timedelta(hours=3))

    assert compactor.lag() == timedelta(0)
    arrive(store, [an_event("m1")])
    assert compactor.lag() == timedelta(hours=3)


def a_busy_night(store: MemoryStore) -> list[str]:
    """A slice over midnight with a copy and a broken line; return its events."""
    before, after = MIDNIGHT - timedelta(seconds=1), MIDNIGHT + timedelta(seconds=1)
    arrive(
        store,
        [an_event("m1", received_at=before), an_event("m2", received_at=after)],
        at=MIDNIGHT,
        sequence="1",
    )
    arrive(
        store,
        [an_event("m2", received_at=MIDNIGHT + timedelta(seconds=2))],
        at=MIDNIGHT,
        sequence="2",
    )
    store.put("raw/dt=2026-03-02/hr=00/z.ndjson.gz", gzip.compress(b"broken\n"))
    return ["m1", "m2"]


def test_a_night_without_a_crash_has_as_many_moments_as_the_test_below_tries(
    tmp_path: Path,
) -> None:
    store = MemoryStore()
    a_busy_night(store)
    counting = CrashingStore(store, crash_at=1_000)

    list(a_compactor(counting, tmp_path, MIDNIGHT).run())

    assert counting.moments == MOMENTS


MOMENTS = 55


@pytest.mark.parametrize("crash_at", range(1, MOMENTS + 1))
def test_a_crash_at_any_moment_loses_nothing_and_doubles_nothing_once_repeated(
    tmp_path: Path, crash_at: int
) -> None:
    store = MemoryStore()
    expected = a_busy_night(store)
    with pytest.raises(CrashError):
        list(a_compactor(CrashingStore(store, crash_at=crash_at), tmp_path, MIDNIGHT).run())

    # Half done, nobody sees an event twice or misses one.
    lake = Lake(tmp_path / "lake", store=store, now=MIDNIGHT)
    seen = lake.query("SELECT message_id FROM events ORDER BY message_id").rows
    assert [message_id for (message_id,) in seen] == expected

    # Done again when the dead compactor's leases have ended, everything is in Parquet, once.
    compact(store, tmp_path, MIDNIGHT + timedelta(minutes=20))
    lake.refresh()
    kept = lake.query("SELECT message_id FROM events_parquet ORDER BY message_id").rows
    assert [message_id for (message_id,) in kept] == expected
    assert list(store.list("raw/")) == []
