"""An hour's account: what the collector said it took, what is kept, and what its destinations had.

The collector counts the lines it commits, each once (identical lines of one request are one); the same
moment stands in the count's metric and in each line's `receivedAt`, so an hour of the one is exactly
the hour of the other, whenever a line arrived. What is kept is counted anew from the lines themselves,
not from what lander or compactor say of them: a line that landed twice is one, and one that is nowhere is
missing. What each line had to be delivered to is asked of the stitcher's own rule, and what became of it
of the outcome rows. (Design 12; ports: the bucket, and the metrics' sum.)
"""

import gzip
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import orjson

from headwater.destination import Configured
from headwater.errors import DependencyError
from headwater.identity.links import DEFAULT_POLICY
from headwater.lake.keys import ARCHIVE, DELIVERIES, RAW, REJECTED, SPILL, archive_key
from headwater.ports import ObjectStore
from headwater.privacy.suppressed import Suppressed
from headwater.record import REJECTED_MARK, from_iso, to_iso
from headwater.reinvocation import given_up
from headwater.stitch import parse
from headwater.workspace import IdentityPolicy

HOUR = timedelta(hours=1)
# The collector's clock and Kinesis' differ by less, so a line may have arrived in the hour before.
_CLOCKS = timedelta(minutes=5)


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """An hour: lines said, kept and waiting; and by destination the events nothing was heard of."""

    hour: datetime
    said: int
    kept: int
    waiting: int  # spilled, or in a batch that Lambda gave up on: they come back by themselves
    unheard: Mapping[str, int] = field(default_factory=dict)

    @property
    def missing(self) -> int:
        """Lines that were said and are nowhere. Less than none: more is kept than was said."""
        return self.said - self.kept - self.waiting

    @property
    def difference(self) -> int:
        """All that was lost; a surplus of one hides no loss of another."""
        return max(0, self.missing) + sum(self.unheard.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class Deliveries:
    """What decides where an event goes: the destinations, and the stitcher's own settings."""

    configured: Sequence[Configured] = ()
    policy: IdentityPolicy = DEFAULT_POLICY
    suppressed: Suppressed = field(default_factory=Suppressed)
    fan_out_from: datetime | None = None


def due(now: datetime) -> datetime:
    """Return the hour to account for: the last one that ended an hour ago, when all has settled."""
    return (now - 2 * HOUR).replace(minute=0, second=0, microsecond=0)


def account(
    hour: datetime,
    *,
    said: int,
    store: ObjectStore,
    lander: str,
    deliveries: Deliveries,
    now: datetime,
) -> Account:
    """Settle the hour that begins at `hour` (UTC); `lander` names the function whose batches count.

    Raises DependencyError when the bucket cannot be read.
    """
    kept: set[int] = set()
    expected: set[tuple[str, str, str]] = set()
    for line in _kept(hour, store, now):
        if (known := hash(line)) not in kept and _received_in(hour, line):
            kept.add(known)
            expected.update(_expected(line, deliveries))
    waiting = {
        hash(line) for line in _waiting(hour, store, lander) if _received_in(hour, line)
    } - kept
    unheard = Counter(
        destination for destination, _, _ in expected - _heard(hour, store, now) if expected
    )
    return Account(hour=hour, said=said, kept=len(kept), waiting=len(waiting), unheard=unheard)


def _received_in(hour: datetime, line: bytes) -> bool:
    """Tell whether the collector received the line in that hour; a line without a time was not its."""
    try:
        received: str = orjson.loads(line)["receivedAt"]
    except (KeyError, TypeError, ValueError):
        return False
    return to_iso(hour) <= received < to_iso(hour + HOUR)


def _kept(hour: datetime, store: ObjectStore, now: datetime) -> Iterator[bytes]:
    """Read the lines that arrived from then on; raw before archive, for it moves that way."""
    for prefix in (RAW, REJECTED, ARCHIVE + RAW):
        for arrived in _hours(hour, now):
            for found in store.list(f"{prefix}{arrived:dt=%Y-%m-%d/hr=%H/}"):
                if found.modified_at >= hour - _CLOCKS:
                    yield from _lines(_body(found.key, store))


def _hours(hour: datetime, now: datetime) -> Iterator[datetime]:
    arrived = hour - HOUR
    while arrived <= now:
        yield arrived
        arrived += HOUR


def _body(key: str, store: ObjectStore) -> bytes:
    try:
        return store.get(key)
    except DependencyError:
        if not key.startswith(RAW):
            raise
        return store.get(archive_key(key))  # the compactor came between listing and reading


def _lines(body: bytes) -> Iterator[bytes]:
    for line in gzip.decompress(body).split(b"\n"):
        if line:
            yield line.removeprefix(REJECTED_MARK)


def _waiting(hour: datetime, store: ObjectStore, lander: str) -> Iterator[bytes]:
    for found in store.list(f"{SPILL}{hour:dt=%Y-%m-%d/hr=%H/}"):
        yield from _lines(store.get(found.key))
    for data in given_up(store, function=lander):
        yield from (line.removeprefix(REJECTED_MARK) for line in data.split(b"\n") if line)


def _expected(line: bytes, deliveries: Deliveries) -> Iterable[tuple[str, str, str]]:
    if not deliveries.configured or b'"identity"' not in line:
        return ()  # a rejected line goes nowhere
    try:
        parsed = parse(
            line,
            deliveries.configured,
            deliveries.fan_out_from,
            deliveries.policy,
            deliveries.suppressed,
        )
    except (KeyError, TypeError, ValueError):
        return ()  # the stitcher set it aside, with its reason and a metric
    event = parsed.event
    return [(one.id, event.source.id, event.message_id) for one in parsed.destinations]


def _heard(hour: datetime, store: ObjectStore, now: datetime) -> set[tuple[str, str, str]]:
    """Read what the forwarder said of any try since then; what waits was heard of."""
    heard: set[tuple[str, str, str]] = set()
    day = hour
    while day.date() <= now.date():
        for found in store.list(f"{DELIVERIES}{day:dt=%Y-%m-%d/}"):
            if found.modified_at >= hour:
                for line in _lines(store.get(found.key)):
                    row = orjson.loads(line)
                    heard.add((row["destination_id"], row["source_id"], row["message_id"]))
        day += timedelta(days=1)
    return heard


def hour_of(text: str) -> datetime:
    """Read the beginning of an hour as `2026-03-01T11`, in UTC."""
    return from_iso(f"{text}:00:00.000Z").astimezone(UTC)
