"""Spilled lines go back to the stream, all of them, and never into nothing."""

import gzip

import pytest
from headwater.errors import DependencyError
from headwater.outcomes import RejectCode, Rejected
from headwater.ports import StreamRecord
from headwater.spill import commit, redrive
from headwater.wire.packing import Line, event_line, pack, rejected_line

from tests.examples import NOON, a_received, a_stored_track
from tests.fakes import CrashError, CrashingStore, MemoryStore, MemoryStream

_FAULT = Rejected(RejectCode.TYPE_UNKNOWN, "$.type", "no", {"a": "\r\u2028"})


def records() -> tuple[StreamRecord, ...]:
    lines = [event_line(a_stored_track(f"m-{n}", properties={"a": "x" * 30_000})) for n in range(9)]
    return pack([*lines, rejected_line(_FAULT, a_received())])


def spilled(store: MemoryStore) -> str:
    commit(records(), stream=MemoryStream(down=True), store=store, request_id="request-1", at=NOON)
    (key,) = store.objects
    return key


def test_a_redrive_puts_the_very_records_back_with_their_keys() -> None:
    store, stream = MemoryStore(), MemoryStream()
    key = spilled(store)

    redrive(key, stream=stream, store=store)

    assert len(stream.records) == 3
    assert stream.records == list(records())
    assert list(store.objects) == [key.replace("spill/", "spill-done/")]


def test_what_the_stream_still_refuses_stays_spilled() -> None:
    store = MemoryStore()
    key = spilled(store)

    with pytest.raises(DependencyError):
        redrive(key, stream=MemoryStream(down=True), store=store)

    assert list(store.objects) == [key]


@pytest.mark.parametrize("moment", [1, 2, 3, 4])
def test_a_redrive_that_dies_loses_nothing(moment: int) -> None:
    store, stream = MemoryStore(), MemoryStream()
    key = spilled(store)

    with pytest.raises(CrashError):
        redrive(key, stream=stream, store=CrashingStore(store, crash_at=moment))

    in_spill = key in store.objects
    in_stream = stream.records == list(records())
    assert in_spill or in_stream


def test_only_the_remainder_is_spilled() -> None:
    class HalfOpen(MemoryStream):
        def append(self, records: object) -> tuple[StreamRecord, ...]:
            return (StreamRecord("b", b"2\n"),)

    store = MemoryStore()

    ending = commit(
        pack([Line("a", b"1\n"), Line("b", b"2\n")]),
        stream=HalfOpen(),
        store=store,
        request_id="r",
        at=NOON,
    )

    assert ending == "spill"
    assert [gzip.decompress(body) for body in store.objects.values()] == [b"2\n"]


def test_a_request_whose_events_were_all_dropped_commits_nothing() -> None:
    store = MemoryStore()

    assert commit((), stream=MemoryStream(), store=store, request_id="r", at=NOON) == "stream"
    assert store.objects == {}
