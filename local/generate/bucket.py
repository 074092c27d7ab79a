"""Generated events, landed and compacted into a directory by the very code that runs on AWS."""

import gzip
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path

import orjson
from headwater.delivery import outcome_rows
from headwater.delivery.outcome_rows import OutcomeRow
from headwater.lake.compaction import Compacted, Compactor
from headwater.lake.keys import identity_changes_key
from headwater.lake.landing import LandingRecord, land
from headwater.record import StoredEvent

from local.generate.changes import changes
from local.generate.deliveries import tries
from local.generate.directory import DirectoryStore
from local.generate.refused import refused
from local.places import STATE

# What `make data` makes and `python -m local.athena --data` asks.
DATA = STATE / "data"

# The newest hours stay raw, as on AWS: the `events` view reads both halves.
_RAW_HOURS = timedelta(hours=2)


def fill(directory: Path, events: Sequence[StoredEvent], *, until: datetime) -> int:
    """Lay out a bucket that holds the events, and return how many rows were compacted."""
    store = DirectoryStore(directory)
    recent = until - _RAW_HOURS
    land_all(store, (event for event in events if event.received_at < recent))
    compactor = Compactor(
        store=store,
        directory=directory / "work",
        now=lambda: until,
        lease_for=timedelta(minutes=16),
    )
    added = sum(one.added for one in compactor.run() if isinstance(one, Compacted))
    land_all(store, (event for event in events if event.received_at >= recent))
    rows = b"".join(
        orjson.dumps(row.to_json(), option=orjson.OPT_APPEND_NEWLINE) for row in changes(events)
    )
    store.put(identity_changes_key(until, "generated"), gzip.compress(rows, mtime=0))
    _deliver(store, events, until)
    _reject(store, events)
    return added


def _deliver(store: DirectoryStore, events: Iterable[StoredEvent], until: datetime) -> None:
    days: dict[date, list[tuple[datetime, OutcomeRow]]] = defaultdict(list)
    for moment, row in tries(events, seed=1, until=until):
        days[moment.date()].append((moment, row))
    for of_day in days.values():
        outcome_rows.write((row for _, row in of_day), store, now=of_day[0][0])


def land_all(store: DirectoryStore, events: Iterable[StoredEvent]) -> None:
    """Land the events by the hour in which they were received."""
    hours: dict[datetime, list[bytes]] = defaultdict(list)
    for event in events:
        hours[_hour(event)].append(event.to_line())
    _land_hours(store, hours)


def _reject(store: DirectoryStore, events: Iterable[StoredEvent]) -> None:
    hours: dict[datetime, list[bytes]] = defaultdict(list)
    for event, line in refused(events):
        hours[_hour(event)].append(line)
    _land_hours(store, hours)


def _hour(event: StoredEvent) -> datetime:
    return event.received_at.replace(minute=0, second=0, microsecond=0)


def _land_hours(store: DirectoryStore, hours: Mapping[datetime, Iterable[bytes]]) -> None:
    for hour, lines in hours.items():
        land([LandingRecord("shardId-000000000000", "1", hour, b"".join(lines))], store)
