"""The views, against what plain Python and the identity model make of the same events."""

import gzip
import itertools
from collections import defaultdict
from dataclasses import asdict, replace
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest
from headwater.columns import COLUMNS
from headwater.delivery import outcome_rows
from headwater.delivery.outcome_rows import OutcomeRow
from headwater.lake.views import VIEW_NAMES, saved_query
from headwater.record import SourceReference, StoredEvent, from_iso

from local.athena import Lake
from tests.fakes import MemoryStore
from tests.identity.memory_table import MemoryTable
from tests.identity.model import Resolved, resolve
from tests.identity.tables import log_all, run
from tests.unit.lake.bucket import NOON, an_event, arrive, change, compact

SERVER = SourceReference("shop-server", "server")
BROWSER = SourceReference("shop-web", "browser")


def random_events(random: Random) -> list[StoredEvent]:
    """Events of a few devices and users: shared devices, aliases, dead clocks, nobody at all."""
    events = []
    for number in range(random.randint(20, 60)):
        received_at = NOON - timedelta(minutes=random.randint(0, 90))
        happened = received_at - timedelta(minutes=random.choice([0, 0, 1, 60, 3_000, 20_000_000]))
        device = random.choice(["d1", "d1", "d2", "d3", None])
        user = random.choice(["u1", "u2", "u3", None, None, None])
        if device == "d1" and random.random() < 0.5:
            user = random.choice(["u1", "u2", "u3", "u4", "u5", "u6", "u7"])
        alias = user is not None and random.random() < 0.15
        events.append(
            an_event(
                f"m{number}",
                type="alias" if alias else random.choice(["page", "track", "identify"]),
                anonymous_id=device,
                user_id=user,
                previous_id=random.choice(["u1", "u2", "u9", "d3"]) if alias else None,
                source=SERVER if random.random() < 0.4 else BROWSER,
                received_at=received_at,
                timestamp=happened,
            )
        )
    return events


def a_lake(tmp_path: Path, events: list[StoredEvent], random: Random) -> Lake:
    """The events as the pipeline leaves them: some in Parquet, some raw, some in both, some twice."""
    table = MemoryTable()
    run(events, table, random, max_users=5)
    store = log_all(table.stream, table)
    cut = random.randint(0, len(events))
    again = random.choices(events, k=5)
    arrive(store, events[:cut], sequence="1")
    compact(store, tmp_path)
    arrive(store, [*events[cut:], *(later(event) for event in again)], sequence="2")
    return Lake(tmp_path / "lake", store=store, now=NOON)


def later(event: StoredEvent) -> StoredEvent:
    """The same event sent again: received later."""
    return replace(event, received_at=NOON + timedelta(seconds=1))


@pytest.mark.parametrize("seed", range(8))
def test_every_event_is_there_once_with_the_person_the_identity_model_says(
    tmp_path: Path, seed: int
) -> None:
    random = Random(seed)
    events = random_events(random)
    model = resolve(events)
    lake = a_lake(tmp_path, events, random)

    answer = lake.query("SELECT message_id, person_id FROM events_resolved ORDER BY message_id")

    expected = sorted((event.message_id, model.person_of(event)) for event in events)
    assert list(answer.rows) == expected
    assert people(lake) == people_of(events, model)
    assert dict(lake.query("SELECT anonymous_id, owner_user_id FROM anon_owner").rows) == (
        model.owners
    )
    assert lake.query(saved_query("identity_audit").sql).rows == ()


def people(lake: Lake) -> dict[str, tuple[Any, ...]]:
    answer = lake.query(
        """SELECT person_id, known, first_user_id, users, devices, first_seen, first_identified,
        last_seen, events, anonymous_events FROM people"""
    )
    return {row[0]: row[1:] for row in answer.rows}


def people_of(events: list[StoredEvent], model: Resolved) -> dict[str, tuple[Any, ...]]:
    of: dict[str, list[StoredEvent]] = defaultdict(list)
    for event in events:
        person = model.person_of(event)
        if person is not None:
            of[person].append(event)
    return {person: _person(theirs) for person, theirs in of.items()}


def _person(theirs: list[StoredEvent]) -> tuple[Any, ...]:
    known = [event for event in theirs if event.user_id is not None]
    first = min((_naive(event.timestamp) for event in known), default=None)
    return (
        bool(known),
        min((_naive(event.timestamp), event.user_id) for event in known)[1] if known else None,
        len({event.user_id for event in known}),
        len({event.anonymous_id for event in theirs} - {None}),
        min(_naive(event.timestamp) for event in theirs),
        first,
        max(_naive(event.timestamp) for event in theirs),
        len(theirs),
        len(theirs) - len(known),
    )


def _naive(moment: datetime) -> datetime:
    return moment.replace(tzinfo=None)


def test_every_view_answers_of_an_empty_lake(tmp_path: Path) -> None:
    lake = Lake(tmp_path, now=NOON)

    for name in VIEW_NAMES:
        assert lake.query(f"SELECT count(*) FROM {name}").rows == ((0,),), name


def test_a_view_is_found_however_its_name_is_written(tmp_path: Path) -> None:
    lake = Lake(tmp_path, now=NOON)

    assert lake.query('WITH e AS (SELECT * FROM EVENTS) SELECT * FROM e, "people"').rows == ()


def test_the_audit_finds_a_device_the_log_gives_to_somebody_else(tmp_path: Path) -> None:
    table = MemoryTable()
    events = [an_event("m1", anonymous_id="d1", user_id="u2")]
    run(events, table, Random(1), max_users=5)
    store = log_all(table.stream, table)
    arrive(
        store,
        [
            *events,
            an_event("m0", anonymous_id="d1", user_id="u1", timestamp=NOON - timedelta(hours=1)),
        ],
    )

    answer = Lake(tmp_path, store=store, now=NOON).query(saved_query("identity_audit").sql)

    assert answer.rows == (("d1", "u1", "u2"),)


def test_raw_rows_and_parquet_rows_have_the_same_columns_and_values(tmp_path: Path) -> None:
    event = an_event(
        "m1",
        type="page",
        name="Home",
        anonymous_id="d1",
        user_id="u1",
        properties={"price": 1.5, "big": 2**62, "list": [1, {"a": None}], "text": 'ä"\\\n\u2028'},
        context={
            "ip": "1.2.3.4",
            "locale": {"not": "a string"},
            "library": {"name": "x", "version": 3},
        },
        enrichment={
            "page": {"url": "https://shop.example/?a=b", "path": "/"},
            "campaign": {"source": "mail"},
        },
        violations=({"field": "properties.price"},),
        sent_at=NOON,
        original_timestamp="yesterday",
    )
    raw, compacted = MemoryStore(), MemoryStore()
    arrive(raw, [event])
    arrive(compacted, [event])
    compact(compacted, tmp_path)

    from_raw, from_parquet = (
        Lake(tmp_path / name, store=store, now=NOON).query("SELECT * FROM events").dicts()
        for name, store in (("raw", raw), ("parquet", compacted))
    )

    assert from_raw == from_parquet
    (row,) = from_raw
    assert [*row] == [*(column.name for column in COLUMNS), "dt"]
    assert row["locale"] is None
    assert row["library_version"] == "3"
    assert row["sent_at"] == _naive(NOON)
    assert row["dt"] == "2026-03-01"


def test_a_raw_row_is_seen_for_three_arrival_hours(tmp_path: Path) -> None:
    store = MemoryStore()
    arrive(store, [an_event("m1")], at=NOON)

    seen = [
        len(Lake(tmp_path, store=store, now=now).query("SELECT 1 FROM events").rows)
        for now in (NOON, NOON + timedelta(hours=2, minutes=59), NOON + timedelta(hours=3))
    ]

    assert seen == [1, 1, 0]


def test_a_spilled_event_of_two_days_ago_waits_for_the_compactor(tmp_path: Path) -> None:
    store = MemoryStore()
    arrive(store, [an_event("m1", received_at=NOON - timedelta(days=2)), an_event("m2")])
    lake = Lake(tmp_path / "lake", store=store, now=NOON)

    assert lake.query("SELECT message_id FROM events").rows == (("m2",),)

    compact(store, tmp_path)
    lake.refresh()
    assert len(lake.query("SELECT message_id FROM events").rows) == 2


def test_a_broken_raw_line_costs_no_other_row(tmp_path: Path) -> None:
    store = MemoryStore()
    arrive(store, [an_event("m1")])
    store.put(
        "raw/dt=2026-03-01/hr=12/z.ndjson.gz", _gzipped(b'not json\n{"messageId": "m2"}\n[1]\n')
    )

    answer = Lake(tmp_path, store=store, now=NOON).query("SELECT message_id FROM events")

    assert answer.rows == (("m1",),)


def test_a_chain_of_merges_ends_at_its_root_even_unflattened(tmp_path: Path) -> None:
    store = MemoryStore()
    chain = [f"p{number:02}" for number in range(16, 0, -1)]
    rows = [
        {"kind": "merge", "id_value": child, "parent_id": parent, "root_id": parent, "seq": 1}
        for child, parent in itertools.pairwise(chain)
    ]
    change(store, *rows)

    answer = Lake(tmp_path, store=store, now=NOON).query("SELECT person_id, root FROM person_root")

    assert dict(answer.rows) == dict.fromkeys(chain[:-1], "p01")


def test_rejected_events_are_rows_with_their_fault_and_original(tmp_path: Path) -> None:
    store = MemoryStore()
    line = (
        b'{"code":"event_not_defined","path":"event","message":"No name.","sourceId":"shop-web",'
        b'"receivedAt":"2026-03-01T12:00:01.250Z","original":{"type":"track"}}\n'
    )
    store.put("rejected/dt=2026-03-01/hr=12/a.ndjson.gz", _gzipped(line))

    answer = Lake(tmp_path, store=store, now=NOON).query("SELECT * FROM rejected")

    assert answer.dicts() == [
        {
            "code": "event_not_defined",
            "path": "event",
            "message": "No name.",
            "source_id": "shop-web",
            "received_at": _naive(from_iso("2026-03-01T12:00:01.250Z")),
            "original": '{"type":"track"}',
            "dt": "2026-03-01",
            "hr": "12",
        }
    ]


def test_what_the_forwarder_tells_the_lake_is_typed_rows(tmp_path: Path) -> None:
    store = MemoryStore()
    row = OutcomeRow(
        destination_id="crm",
        source_id="shop-web",
        message_id="m1",
        outcome="waiting",
        reason="http_503",
        attempt=3,
        tried_at="2026-03-01T12:00:01.250Z",
    )
    outcome_rows.write([row], store, now=NOON)

    answer = Lake(tmp_path, store=store, now=NOON).query("SELECT * FROM deliveries")

    assert answer.dicts() == [
        asdict(row) | {"tried_at": _naive(from_iso(row.tried_at)), "dt": "2026-03-01"}
    ]


def _gzipped(lines: bytes) -> bytes:
    return gzip.compress(lines, mtime=0)
