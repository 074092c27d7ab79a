"""Every event the lake has, for linking again: the Parquet of years, and the lines of the last month.

Parquet keeps an event once, and beside it what its copies say under their own clocks; lines keep each.
Reading all of it gives what the stitcher saw.
"""

import gzip
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb
import orjson
from headwater.errors import DependencyError
from headwater.lake.keys import ARCHIVE, COPIES, EVENTS, RAW, archive_key
from headwater.ports import ObjectStore, StoredObject
from headwater.record import REJECTED_MARK, Identity, SourceReference, StoredEvent

_COLUMNS = (
    "type, message_id, anonymous_id, user_id, previous_id, group_id, proven, timestamp, received_at,"
    " source_id, source_kind, traits"
)
# Copies have only what identity needs of an enrichment; old Parquet has no column for that.
_ENRICHMENT = {
    EVENTS: "enrichment",
    COPIES: "CASE WHEN claimed_user_id IS NOT NULL"
    " THEN json_object('claimedUserId', claimed_user_id) END",
}


def objects(store: ObjectStore, *, since: datetime | None = None) -> list[StoredObject]:
    """List what holds events, Parquet first; `since`: from that day on."""
    first = f"dt={since:%Y-%m-%d}" if since else ""

    def listed(prefix: str) -> list[StoredObject]:
        return [each for each in store.list(prefix) if each.key.removeprefix(prefix) >= first]

    # Before the archive, so that what the compactor moves meanwhile is in one of the two lists.
    raw = listed(RAW)
    return [*listed(EVENTS), *listed(COPIES), *listed(ARCHIVE + RAW), *raw]


def events(
    store: ObjectStore,
    found: list[StoredObject],
    *,
    done: Callable[[int], object] = lambda _: None,
) -> Iterator[StoredEvent]:
    """Read the objects one by one; `done` hears how many bytes of them are behind us."""
    behind = 0
    for each in found:
        parquet = next((prefix for prefix in _ENRICHMENT if each.key.startswith(prefix)), None)
        yield from _parquet(store, each.key, parquet) if parquet else _lines(store, each)
        behind += each.size
        done(behind)


def _body(store: ObjectStore, key: str) -> bytes:
    try:
        return store.get(key)
    except DependencyError:
        if not key.startswith(RAW):
            raise
        # The compactor came between listing and reading: reading years takes longer than its hour.
        return store.get(archive_key(key))


def _lines(store: ObjectStore, each: StoredObject) -> Iterator[StoredEvent]:
    for line in gzip.decompress(_body(store, each.key)).splitlines():
        if line.startswith(REJECTED_MARK):
            continue
        try:
            yield StoredEvent.from_json(orjson.loads(line))
        except (KeyError, TypeError, ValueError):
            continue  # the compactor and the stitcher set it aside, with its reason


def _parquet(store: ObjectStore, key: str, prefix: str) -> Iterator[StoredEvent]:
    with TemporaryDirectory() as directory, duckdb.connect() as connection:
        path = Path(directory) / "events.parquet"
        store.download(key, path)
        cursor = connection.execute(
            f"SELECT {_COLUMNS}, {_ENRICHMENT[prefix]} FROM read_parquet(?)",  # noqa: S608
            [str(path)],
        )
        while rows := cursor.fetchmany(10_000):
            yield from map(_event, rows)


def _event(row: tuple[Any, ...]) -> StoredEvent:
    kind, message, device, user, previous, group, proven, at, received, source, key, *objects_ = row
    traits, enrichment = (orjson.loads(text) if text else {} for text in objects_)
    return StoredEvent(
        type=kind,
        message_id=message,
        timestamp=_utc(at),
        received_at=_utc(received),
        source=SourceReference(source, key),
        traits=traits,
        enrichment=enrichment,
        identity=Identity(
            anonymous_id=device,
            user_id=user,
            previous_id=previous,
            group_id=group,
            proven=bool(proven),
        ),
    )


def _utc(moment: datetime) -> datetime:
    return moment.replace(tzinfo=UTC)
