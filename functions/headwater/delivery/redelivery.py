"""A second chance for what was given up: chosen events go back to the queue, once, after a fix.

An object of `undeliverable/` is dealt with whole: its chosen events are queued, then copied to
`undeliverable/_replayed/`, then they leave the object (which goes when nothing is left). So a replay may
stop at any moment and be run again: what it has dealt with is not found again. Only a crash between
queue and copy queues one object's events twice, under the same messageIds.
"""

import gzip
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256

import orjson

from headwater.delivery.undeliverable import MALFORMED, PREFIX
from headwater.destination import Configured, deliveries
from headwater.ports import ObjectStore, Queue
from headwater.record import StoredEvent, from_iso

# No destination's id begins like this.
REPLAYED = f"{PREFIX}_replayed/"

UNKNOWN = "not_in_the_workspace"
TOO_OLD = "too_old_by_now"
UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """Which undeliverable events: each None chooses all. Times are when the event was given up."""

    destination_id: str | None = None
    source_id: str | None = None
    reason: str | None = None
    since: datetime | None = None
    until: datetime | None = None

    def takes(self, kept: "Kept") -> bool:
        """Tell whether the event was chosen."""
        return (
            self.source_id in (None, kept.event.source.id)
            and self.reason in (None, kept.reason)
            and (self.since is None or self.since <= kept.at)
            and (self.until is None or kept.at < self.until)
        )


@dataclass(frozen=True, slots=True)
class Kept:
    """One event as `undeliverable/` keeps it."""

    destination_id: str
    reason: str
    at: datetime
    event: StoredEvent = field(repr=False)

    @classmethod
    def from_line(cls, line: bytes) -> "Kept":
        """Read one line; raises KeyError, TypeError or ValueError for what is none."""
        said = orjson.loads(line)
        event = StoredEvent.from_json(said["event"])
        return cls(said["destinationId"], said["reason"], from_iso(said["keptAt"]), event)


@dataclass(frozen=True, slots=True)
class Found:
    """One object: the events that will go, the lines that stay, and why chosen ones do not go."""

    key: str
    going: Mapping[bytes, Kept] = field(repr=False)
    staying: tuple[bytes, ...] = field(repr=False)
    barred: Mapping[str, int]


def keys(choice: Choice, store: ObjectStore) -> Iterator[str]:
    """List the objects that may hold chosen events."""
    folder = f"{PREFIX}{choice.destination_id}/" if choice.destination_id else PREFIX
    for found in store.list(folder):
        name, _, rest = found.key.removeprefix(PREFIX).partition("/dt=")
        if not rest or name == MALFORMED or found.key.startswith(REPLAYED):
            continue
        day = rest[:10]
        if choice.since is not None and day < f"{choice.since:%Y-%m-%d}":
            continue
        if choice.until is None or day <= f"{choice.until:%Y-%m-%d}":
            yield found.key


def find(
    key: str,
    choice: Choice,
    store: ObjectStore,
    configured: Mapping[str, Configured],
    *,
    now: datetime,
) -> Found:
    """Read one object and choose from it; nothing is sent and nothing is written."""
    going: dict[bytes, Kept] = {}
    staying: list[bytes] = []
    barred: Counter[str] = Counter()
    for line in gzip.decompress(store.get(key)).splitlines():
        try:
            kept = Kept.from_line(line)
        except (KeyError, TypeError, ValueError):
            barred[UNREADABLE] += 1
            staying.append(line)
            continue
        bar = _bar(kept, configured, now=now) if choice.takes(kept) else ""
        if bar is None:
            going[line] = kept
            continue
        staying.append(line)
        if bar:
            barred[bar] += 1
    return Found(key, going, tuple(staying), barred)


def _bar(kept: Kept, configured: Mapping[str, Configured], *, now: datetime) -> str | None:
    """Say why it would only be given up again, or None."""
    destination = configured.get(kept.destination_id)
    if destination is None or not destination.enabled:
        return UNKNOWN
    max_age = destination.sheet.max_age
    if max_age is not None and now - kept.event.timestamp > max_age:
        return TOO_OLD
    return None


def replay(found: Found, store: ObjectStore, queue: Queue, *, now: datetime) -> int:
    """Queue the chosen events of one object as if they had just been stitched; return how many."""
    if not found.going:
        return 0
    by_destination: dict[str, list[StoredEvent]] = {}
    for kept in found.going.values():
        by_destination.setdefault(kept.destination_id, []).append(kept.event)
    for destination_id, events in by_destination.items():
        packed = deliveries(events, destination_id=destination_id, first_at=now)
        queue.send([delivery.to_message() for delivery in packed])
    going = _lines(found.going)
    name = found.key.removeprefix(PREFIX).removesuffix(".json.gz")
    # The same object may be replayed in parts, for other reasons.
    part = sha256(going).hexdigest()[:8]
    store.put(f"{REPLAYED}{name}-{part}.json.gz", going)
    if found.staying:
        store.put(found.key, _lines(found.staying))
    else:
        store.delete(found.key)
    return len(found.going)


def _lines(lines: Iterable[bytes]) -> bytes:
    return gzip.compress(b"".join(line + b"\n" for line in lines), compresslevel=6, mtime=0)


@dataclass(frozen=True, slots=True)
class Tally:
    """How many of one destination's events of one source were given up for one reason."""

    destination_id: str
    source_id: str
    reason: str
    events: int


def tally(found: Iterable[Found]) -> list[Tally]:
    """Count what would go, the most first; nobody is in it."""
    counts = Counter(
        (kept.destination_id, kept.event.source.id, kept.reason)
        for one in found
        for kept in one.going.values()
    )
    return [Tally(*what, events) for what, events in counts.most_common()]
