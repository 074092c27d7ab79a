"""`make status` and `make tail`: what is wrong is said, and nobody is named."""

from datetime import timedelta

import orjson
import pytest
from headwater.record import REJECTED_MARK

from local.console.told import told
from local.status import OF_BUCKET
from local.tail import line_of
from tests.fakes import MemoryStore
from tests.local.console.lines import record
from tests.unit.lake.bucket import NOON, an_event


@pytest.mark.parametrize(
    ("part", "key"),
    [
        ("spill", "spill/dt=2026-03-01/hr=12/r.ndjson.gz"),
        ("compactor", "raw/dt=2026-03-01/hr=12/s-1-2.ndjson.gz"),
        ("given up", "aws/lambda/1"),
        ("set aside", "failed/stitcher/1.ndjson"),
        ("deliveries", "undeliverable/crm/dt=2026-03-01/1.json.gz"),
    ],
)
def test_a_part_is_well_until_something_lies_where_it_should_not(part: str, key: str) -> None:
    store = MemoryStore(now=NOON)
    now = NOON + timedelta(hours=3)
    assert OF_BUCKET[part](store, now).well

    store.put(key, b"")

    assert not OF_BUCKET[part](store, now).well


def test_a_fresh_spill_and_fresh_raw_lines_are_no_fault() -> None:
    store = MemoryStore(now=NOON)
    store.put("spill/dt=2026-03-01/hr=12/r.ndjson.gz", b"")
    store.put("raw/dt=2026-03-01/hr=12/s-1-2.ndjson.gz", b"")

    assert OF_BUCKET["spill"](store, NOON).well
    assert OF_BUCKET["compactor"](store, NOON).well


def test_a_canary_that_landed_and_did_not_come_back_is_not_well() -> None:
    store = MemoryStore(now=NOON)
    assert OF_BUCKET["canary"](store, NOON).well  # it may be off


def test_a_line_of_the_stream_is_told_without_anybody_in_it() -> None:
    event = an_event(
        "m1",
        event="Order Completed",
        anonymous_id="device-1",
        violations=({"type": "Required", "field": "properties.total", "description": "is needed"},),
    )
    rejected = {
        "code": "event_not_defined",
        "path": "event",
        "message": "a track call has an event",
        "sourceId": "shop-web",
        "receivedAt": "2026-03-01T12:00:00.000Z",
        "original": {"userId": "ada@example.com"},
    }

    lines = record(event.to_line(), REJECTED_MARK + orjson.dumps(rejected), b"nonsense")

    assert [line_of(each) for each in told(lines)] == [
        "12:30:00 ✓ shop-web  track 'Order Completed'  m1  ! Required properties.total",
        "12:30:00 ✗ shop-web  event_not_defined event  a track call has an event",
        "12:30:00 ? a line that no collector of ours wrote",
    ]
