"""Lines into records and into the spill, and back."""

from datetime import UTC, datetime

import orjson
from headwater.outcomes import RejectCode, Rejected
from headwater.ports import StreamRecord
from headwater.record import Identity, StoredEvent
from headwater.wire.packing import (
    MAX_LINE_BYTES,
    MAX_PACKED_BYTES,
    Line,
    event_line,
    pack,
    rejected_line,
    spill_key,
    unpack,
)
from hypothesis import given
from hypothesis import strategies as st

from tests.examples import a_received, a_stored_track


def key_of(identity: Identity) -> str:
    return event_line(a_stored_track(identity=identity)).key


def test_a_device_keeps_its_events_together_then_a_user_then_nobody() -> None:
    assert key_of(Identity(anonymous_id="a", user_id="u")) == "a"
    assert key_of(Identity(user_id="u")) == "u"
    assert key_of(Identity()) == "message-1"


def test_an_events_line_is_the_event() -> None:
    event = a_stored_track(identity=Identity(anonymous_id="a"))

    assert StoredEvent.from_json(orjson.loads(event_line(event).data)) == event


def test_a_rejected_line_keeps_the_fault_and_the_original() -> None:
    fault = Rejected(RejectCode.EVENT_NOT_DEFINED, "$.event", "say which", {"userId": "u"})

    line = rejected_line(fault, a_received())

    assert line.data[:1] == b"!"
    assert line.data[-1:] == b"\n"
    assert orjson.loads(line.data[1:]) == {
        "code": "event_not_defined",
        "path": "$.event",
        "message": "say which",
        "sourceId": "web",
        "receivedAt": "2026-03-01T12:00:00.000Z",
        "original": {"userId": "u"},
    }


def test_a_rejected_original_that_no_record_can_hold_is_cut_and_says_so() -> None:
    fault = Rejected(RejectCode.EVENT_TOO_LARGE, "$", "too large", {"n": [1e15] * 100_000})

    line = rejected_line(fault, a_received())

    assert len(line.data) < MAX_LINE_BYTES
    assert orjson.loads(line.data[1:])["original"]["cutOff"].startswith('{"n":[1000000')


_lines = st.lists(
    st.builds(
        Line, st.sampled_from("abc"), st.integers(1, MAX_PACKED_BYTES * 2).map(lambda n: b"x" * n)
    ),
    max_size=12,
)


@given(_lines)
def test_packing_keeps_every_line_in_order_and_every_record_within_its_size(
    lines: list[Line],
) -> None:
    records = pack(lines)

    assert b"".join(record.data for record in records) == b"".join(line.data for line in lines)
    starts = {id(line): line for line in lines}
    assert all(record.partition_key in {line.key for line in starts.values()} for record in records)
    longest = max((len(line.data) for line in lines), default=0)
    assert all(len(record.data) <= max(MAX_PACKED_BYTES, longest) for record in records)


def test_a_record_takes_the_key_of_its_first_line() -> None:
    half = b"x" * (MAX_PACKED_BYTES // 2)

    records = pack([Line("a", half), Line("b", half), Line("c", b"y")])

    assert records == (StreamRecord("a", half + half), StreamRecord("c", b"y"))


def test_what_is_unpacked_packs_into_the_same_records() -> None:
    lines = [
        event_line(a_stored_track("m-1", identity=Identity(anonymous_id="a"))),
        rejected_line(Rejected(RejectCode.TYPE_UNKNOWN, "$.type", "no", "\r\u2028"), a_received()),
        event_line(a_stored_track("m-2", identity=Identity())),
    ]

    assert unpack(b"".join(line.data for line in lines)) == tuple(lines)


def test_a_spill_is_named_by_hour_request_and_content() -> None:
    at = datetime(2026, 3, 1, 4, tzinfo=UTC)
    one, other = [StreamRecord("a", b"1\n")], [StreamRecord("a", b"2\n")]

    assert spill_key(one, request_id="r", at=at) == (
        "spill/dt=2026-03-01/hr=04/r-4355a46b19d348dc.ndjson.gz"
    )
    assert spill_key(one, request_id="r", at=at) != spill_key(other, request_id="r", at=at)
