"""`make why`: an event is found wherever it is, and each destination has its answer."""

import gzip
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import orjson
import pytest
from headwater.delivery import outcome_rows
from headwater.delivery.outcome_rows import OutcomeRow
from headwater.destination import Configured
from headwater.destinations import check
from headwater.errors import DependencyError
from headwater.lake.keys import archive_key
from headwater.lake.landing import LandingRecord, land
from headwater.record import Privacy
from headwater.workspace import load

from local.whereabouts import Sighting, sightings
from local.why import outcome, stored, told
from tests.fakes import MemoryStore
from tests.unit.lake.bucket import NOON, an_event, arrive, compact

SINCE = NOON - timedelta(days=1)
ID = 'message "one"'
CONFIGURED = check(load("demo"))


@pytest.fixture
def store() -> MemoryStore:
    return MemoryStore(now=NOON)


def tried(
    destination: str, result: outcome_rows.Outcome, reason: str = "", attempt: int = 0
) -> OutcomeRow:
    return OutcomeRow(
        destination_id=destination,
        source_id="shop-web",
        message_id=ID,
        outcome=result,
        reason=reason,
        attempt=attempt,
        tried_at=f"2026-03-01T12:0{attempt}:00.000Z",
    )


def places(store: MemoryStore) -> list[str]:
    return [each.place for each in sightings(ID, store, since=SINCE)]


def test_an_event_is_followed_from_the_landing_to_the_file(
    store: MemoryStore, tmp_path: Path
) -> None:
    arrive(store, [an_event(ID), an_event("another")])
    assert places(store) == ["landed"]

    compact(store, tmp_path, NOON)

    assert places(store) == ["archived", "compacted"]


class Compacting(MemoryStore):
    """A bucket whose raw objects are archived just when somebody reads them."""

    def get(self, key: str) -> bytes:
        if key.startswith("raw/"):
            self.objects[archive_key(key)] = self.objects.pop(key)
        return super().get(key)


def test_what_is_compacted_while_it_is_looked_for_is_found_where_it_went() -> None:
    store = Compacting(now=NOON)
    arrive(store, [an_event(ID)])

    assert places(store) == ["archived"]


def test_an_object_that_is_there_and_not_handed_out_is_a_fault(store: MemoryStore) -> None:
    class Refusing(MemoryStore):
        def get(self, key: str) -> bytes:
            raise DependencyError("AccessDenied")

    refusing = Refusing(now=NOON)
    arrive(refusing, [an_event(ID)])

    with pytest.raises(DependencyError, match="AccessDenied"):
        places(refusing)


def test_a_rejected_event_says_where_its_fault_is(store: MemoryStore) -> None:
    line = {
        "code": "event_not_defined",
        "path": "event",
        "message": "a track call has an event",
        "sourceId": "shop-web",
        "receivedAt": "2026-03-01T12:00:00.000Z",
        "original": {"messageId": ID, "type": "track"},
    }
    land([LandingRecord("s", "1", NOON, b"!" + orjson.dumps(line) + b"\n")], store)

    (found,) = sightings(ID, store, since=SINCE)

    assert (found.place, found.detail) == (
        "rejected",
        "event_not_defined at event: a track call has an event",
    )


def test_spilled_parked_and_set_aside_events_are_found(store: MemoryStore) -> None:
    event = an_event(ID)
    store.put("spill/dt=2026-03-01/hr=12/r-1.ndjson.gz", gzip.compress(event.to_line()))
    message = {"destination_id": "crm-webhook", "events": [event.to_json()]}
    store.put("parked/crm-webhook/1-2-3.json.gz", gzip.compress(orjson.dumps(message)))
    aside = {"reason": "KeyError", "record": "s:1", "line": event.to_line().decode()}
    store.put("failed/stitcher/s-1.ndjson", orjson.dumps(aside))

    assert places(store) == ["spilled", "set aside", "parked"]


def test_each_destination_has_its_last_answer_or_the_rule_that_kept_it_back(
    store: MemoryStore,
) -> None:
    violation = {"type": "Required", "field": "properties.total", "description": "is needed"}
    event = an_event(ID, event="Order Completed", anonymous_id="device", violations=(violation,))
    event = replace(event, privacy=Privacy(decision="full", no_share=True, reasons=("gpc",)))
    arrive(store, [event])
    rows = [
        tried("crm-webhook", "waiting", "http_503"),
        tried("crm-webhook", "delivered", attempt=1),
    ]
    outcome_rows.write(rows, store, now=NOON)

    lines = list(told(sightings(ID, store, since=SINCE), CONFIGURED, lambda _: "p-1"))

    assert lines[0].endswith("track of shop-web, privacy full, not to be shared")
    assert lines[1] == "  violates   Required properties.total"
    assert "person       p-1" in lines
    assert lines[-2].startswith("→ crm-webhook: delivered 2026-03-01T12:01:00.000Z attempt 2")
    assert lines[-1] == (
        "→ second-pipeline: not sent: the person does not want to be shared with advertisers"
    )
    assert not any("device" in line for line in lines)


def test_what_was_not_tried_yet_is_said_to_wait(store: MemoryStore) -> None:
    event = an_event(ID, event="Order Completed")
    arrive(store, [event])
    found: Sequence[Sighting] = sightings(ID, store, since=SINCE)
    webhook: Configured = CONFIGURED[0]

    assert stored(found) == event
    assert outcome(event, webhook, found).startswith("nothing yet")


def test_of_an_unknown_id_nothing_is_said(store: MemoryStore) -> None:
    arrive(store, [an_event("another")])

    assert sightings(ID, store, since=datetime(2026, 2, 1, tzinfo=UTC)) == []
