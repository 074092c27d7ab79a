"""Where an event is, and what has been done with it: everything the bucket and the tables know of an id.

Each place is read by itself, so that what one does not know another may: an event may be in the stream
still, landed twice, delivered here and refused there.
"""

import gzip
from base64 import b64decode
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Literal

import duckdb
import orjson
from headwater.errors import DependencyError
from headwater.lake.keys import (
    ARCHIVE,
    DELIVERIES,
    EVENTS,
    FAILED,
    RAW,
    REJECTED,
    SPILL,
    SPILL_DONE,
    UNDELIVERABLE,
)
from headwater.ports import ObjectStore, StoredObject
from headwater.record import REJECTED_MARK, to_iso

from local.presence import is_there

type Place = Literal[
    "rejected",
    "spilled",
    "brought back",
    "landed",
    "archived",
    "compacted",
    "set aside",
    "given up by Lambda",
    "parked",
    "delivered",
    "undeliverable",
    "waiting",
]

_PARKED = "parked/"
_GIVEN_UP = "aws/lambda/"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """One place where the event was seen: the object, when, and what is said of it there.

    `event` is the stored event or the rejected line, where the place holds it: it is personal.
    """

    place: Place
    key: str
    at: str
    detail: str = ""
    destination: str = ""
    event: Mapping[str, Any] | None = field(default=None, repr=False)


def sightings(message_id: str, store: ObjectStore, *, since: datetime) -> list[Sighting]:
    """Look for the id in every place of the bucket, in the order of an event's way."""
    return [sighting for look in PLACES for sighting in look(message_id, store, since)]


def _lines(
    message_id: str, store: ObjectStore, found: Sequence[StoredObject]
) -> Iterator[tuple[StoredObject, Any]]:
    """Read the JSON lines that hold the id; what is not gzipped or no JSON is passed over."""
    wanted = orjson.dumps(message_id)[1:-1]
    inside = orjson.dumps(wanted.decode())[1:-1]  # a line that was set aside is a string of JSON
    for each in found:
        body = _body(store, each.key)
        if body.startswith(b"\x1f\x8b"):
            body = gzip.decompress(body)
        for line in body.splitlines():
            if wanted in line or inside in line:
                try:
                    yield each, orjson.loads(line.removeprefix(REJECTED_MARK))
                except ValueError:
                    yield each, {}


def _body(store: ObjectStore, key: str) -> bytes:
    try:
        return store.get(key)
    except DependencyError:
        if is_there(store, key):
            raise
        return b""  # it was moved since it was listed, to a place that is looked into later


def _since(store: ObjectStore, prefix: str, since: datetime) -> list[StoredObject]:
    """List the objects of a prefix with `dt=` folders, from that day on, written since."""
    first = f"{prefix}dt={since:%Y-%m-%d}"
    return [each for each in store.list(prefix) if each.key >= first and each.modified_at >= since]


def _rejected(message_id: str, store: ObjectStore, since: datetime) -> Iterator[Sighting]:
    for each, line in _lines(message_id, store, _since(store, REJECTED, since)):
        if (line.get("original") or {}).get("messageId") == message_id:
            where = f" at {line['path']}" if line.get("path") else ""
            yield Sighting(
                place="rejected",
                key=each.key,
                at=line["receivedAt"],
                detail=f"{line['code']}{where}: {line['message']}",
                event=line,
            )


def _stored(place: Place, prefix: str) -> "Look":
    def look(message_id: str, store: ObjectStore, since: datetime) -> Iterator[Sighting]:
        for each, line in _lines(message_id, store, _since(store, prefix, since)):
            original = line.get("original")
            held = original if isinstance(original, dict) else line
            if held.get("messageId") == message_id:
                yield Sighting(place=place, key=each.key, at=to_iso(each.modified_at), event=line)

    return look


def _compacted(message_id: str, store: ObjectStore, since: datetime) -> Iterator[Sighting]:
    with TemporaryDirectory() as directory, duckdb.connect() as connection:
        path = Path(directory) / "events.parquet"
        for each in _since(store, EVENTS, since):
            store.download(each.key, path)
            rows = connection.execute(
                "SELECT received_at FROM read_parquet(?) WHERE message_id = ?",
                [str(path), message_id],
            ).fetchall()
            for (received_at,) in rows:
                yield Sighting(
                    place="compacted",
                    key=each.key,
                    at=to_iso(each.modified_at),
                    detail=f"received {received_at}",
                )


def _set_aside(message_id: str, store: ObjectStore, since: datetime) -> Iterator[Sighting]:
    found = [each for each in store.list(FAILED) if each.modified_at >= since]
    for each, line in _lines(message_id, store, found):
        reason = line.get("reason", "") if isinstance(line, dict) else ""
        yield Sighting(
            place="set aside", key=each.key, at=to_iso(each.modified_at), detail=str(reason)
        )


def _given_up(message_id: str, store: ObjectStore, _: datetime) -> Iterator[Sighting]:
    for each in store.list(_GIVEN_UP):
        record = orjson.loads(store.get(each.key))
        payload = record["payload"]
        batch = orjson.loads(payload) if isinstance(payload, str) else payload
        data = [b64decode(one["kinesis"]["data"]) for one in batch["Records"] if "kinesis" in one]
        if any(orjson.dumps(message_id) in lines for lines in data):
            yield Sighting(
                place="given up by Lambda",
                key=each.key,
                at=to_iso(each.modified_at),
                detail=record["requestContext"]["functionArn"].split(":")[6],
            )


def _parked(message_id: str, store: ObjectStore, _: datetime) -> Iterator[Sighting]:
    for each, message in _lines(message_id, store, list(store.list(_PARKED))):
        for event in message.get("events", ()):
            if event.get("messageId") == message_id:
                yield Sighting(
                    place="parked",
                    key=each.key,
                    at=to_iso(each.modified_at),
                    destination=message["destination_id"],
                    event=event,
                )


def _tried(message_id: str, store: ObjectStore, since: datetime) -> Iterator[Sighting]:
    rows = [
        (each, row)
        for each, row in _lines(message_id, store, _since(store, DELIVERIES, since))
        if row.get("message_id") == message_id
    ]
    for each, row in sorted(rows, key=lambda pair: pair[1]["tried_at"]):
        yield Sighting(
            place=row["outcome"],
            key=each.key,
            at=row["tried_at"],
            destination=row["destination_id"],
            detail=" ".join(filter(None, (row["reason"], f"attempt {row['attempt'] + 1}"))),
        )


def _undeliverable(message_id: str, store: ObjectStore, since: datetime) -> Iterator[Sighting]:
    found = [each for each in store.list(UNDELIVERABLE) if each.modified_at >= since]
    for each, line in _lines(message_id, store, found):
        event = line.get("event") or {}
        if event.get("messageId") == message_id:
            yield Sighting(
                place="undeliverable",
                key=each.key,
                at=line["keptAt"],
                destination=line["destinationId"],
                detail=": ".join(filter(None, (line["reason"], line["detail"]))),
                event=event,
            )


type Look = Callable[[str, ObjectStore, datetime], Iterator[Sighting]]

# In the order of an event's way, so that the last sighting of a kind is the newest state.
PLACES: tuple[Look, ...] = (
    _rejected,
    _stored("spilled", SPILL),
    _stored("brought back", SPILL_DONE),
    _stored("landed", RAW),
    _stored("archived", ARCHIVE + RAW),
    _compacted,
    _set_aside,
    _given_up,
    _tried,
    _parked,
    _undeliverable,
)

LOOK_BACK = timedelta(days=2)
