"""A small bucket of events for the lake's tests: sent, landed and compacted as in production."""

import gzip
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import orjson
from headwater.lake.compaction import Busy, Compacted, Compactor
from headwater.lake.keys import identity_changes_key
from headwater.lake.landing import LandingRecord, land
from headwater.ports import ObjectStore
from headwater.record import Identity, SourceReference, StoredEvent

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


def an_event(message_id: str = "m1", **fields: Any) -> StoredEvent:
    """The smallest stored event, with what matters to a test in its place.

    `anonymous_id`, `user_id` and `previous_id` are set as usable ids too.
    """
    received_at = fields.pop("received_at", NOON)
    return StoredEvent(
        type=fields.pop("type", "track"),
        message_id=message_id,
        timestamp=fields.pop("timestamp", received_at),
        received_at=received_at,
        source=fields.pop("source", SourceReference("shop-web", "browser")),
        identity=Identity(
            anonymous_id=fields.get("anonymous_id"),
            user_id=fields.get("user_id"),
            previous_id=fields.get("previous_id"),
        ),
        **fields,
    )


def arrive(
    store: ObjectStore,
    events: Iterable[StoredEvent],
    *,
    at: datetime = NOON,
    sequence: str = "1",
    shard: str = "shardId-0",
) -> None:
    """Land the events as one record of the stream that arrived at the moment given."""
    lines = b"".join(event.to_line() for event in events)
    land([LandingRecord(shard, sequence, at, lines)], store)


def a_compactor(
    store: ObjectStore, directory: Path, now: datetime = NOON, **fields: Any
) -> Compactor:
    return Compactor(
        store=store,
        directory=directory / "work",
        now=lambda: now,
        lease_for=timedelta(minutes=20),
        **fields,
    )


def compact(
    store: ObjectStore, directory: Path, now: datetime = NOON, **fields: Any
) -> list[Compacted | Busy]:
    """Run the compactor until it has nothing left to do."""
    return list(a_compactor(store, directory, now, **fields).run())


def change(store: ObjectStore, *rows: Mapping[str, Any], at: datetime = NOON) -> None:
    """Write rows of the identity change log."""
    body = b"".join(orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE) for row in rows)
    store.put(identity_changes_key(at, "batch"), gzip.compress(body, mtime=0))
