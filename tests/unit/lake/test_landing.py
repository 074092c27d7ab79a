import gzip
from datetime import UTC, datetime, timedelta

import pytest
from headwater.lake.landing import Landed, LandingRecord, land
from hypothesis import given
from hypothesis import strategies as st

from tests.fakes import CrashError, CrashingStore, MemoryStore

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


def a_record(
    lines: bytes, sequence: str = "1", arrived_at: datetime = NOON, shard: str = "shardId-0"
) -> LandingRecord:
    return LandingRecord(shard, sequence, arrived_at, lines)


def contents(store: MemoryStore) -> dict[str, bytes]:
    return {key: gzip.decompress(body) for key, body in store.objects.items()}


def test_accepted_and_rejected_lines_of_one_record_land_apart_without_the_mark() -> None:
    store = MemoryStore()

    landed = land([a_record(b'{"a":1}\n!{"code":"x"}\n{"b":2}\n', "7")], store)

    assert contents(store) == {
        "raw/dt=2026-03-01/hr=12/shardId-0-7-7.ndjson.gz": b'{"a":1}\n{"b":2}\n',
        "rejected/dt=2026-03-01/hr=12/shardId-0-7-7.ndjson.gz": b'{"code":"x"}\n',
    }
    assert landed == Landed(accepted=2, rejected=1, objects=tuple(store.objects))


def test_a_batch_over_the_full_hour_lands_in_two_partitions() -> None:
    store = MemoryStore()
    late = NOON + timedelta(hours=11, minutes=59, seconds=59, milliseconds=999)

    land([a_record(b"1\n", "1", late), a_record(b"2\n", "2", NOON + timedelta(hours=12))], store)

    assert contents(store) == {
        "raw/dt=2026-03-01/hr=23/shardId-0-1-1.ndjson.gz": b"1\n",
        "raw/dt=2026-03-02/hr=00/shardId-0-2-2.ndjson.gz": b"2\n",
    }


def test_a_key_spans_the_sequence_numbers_of_its_hour() -> None:
    store = MemoryStore()

    land([a_record(b"1\n", "11"), a_record(b"!2\n", "12"), a_record(b"3\n", "13")], store)

    assert set(store.objects) == {
        "raw/dt=2026-03-01/hr=12/shardId-0-11-13.ndjson.gz",
        "rejected/dt=2026-03-01/hr=12/shardId-0-11-13.ndjson.gz",
    }


def test_an_empty_batch_lands_nothing() -> None:
    store = MemoryStore()

    assert land([], store) == Landed(0, 0, ())
    assert store.objects == {}


@given(st.lists(st.binary(max_size=40).map(lambda b: b.replace(b"\n", b"")), max_size=20))
def test_no_line_is_lost_or_altered_whatever_its_bytes(lines: list[bytes]) -> None:
    store = MemoryStore()

    land([a_record(line + b"\n", str(number)) for number, line in enumerate(lines)], store)

    landed = [line for body in contents(store).values() for line in body.split(b"\n")[:-1]]
    assert sorted(landed) == sorted(line.removeprefix(b"!") for line in lines if line)


@pytest.mark.parametrize("crash_at", range(1, 9))
def test_a_crash_at_any_moment_is_repaired_by_the_retry(crash_at: int) -> None:
    batch = [
        a_record(b"1\n!2\n", "1"),
        a_record(b"3\n!4\n", "2", NOON + timedelta(hours=1)),
    ]
    expected = MemoryStore()
    land(batch, expected)
    store = MemoryStore()

    with pytest.raises(CrashError):
        land(batch, CrashingStore(store, crash_at=crash_at))
    land(batch, store)

    assert store.objects == expected.objects
