"""What the generated shop's events mean in plain Python: each event once, with its person."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

from headwater.delivery.outcome_rows import OutcomeRow
from headwater.record import StoredEvent

from local.athena import Lake
from local.generate.bucket import fill
from local.generate.deliveries import tries
from local.generate.events import generate
from local.generate.refused import refused
from tests.identity.model import Resolved, resolve

UNTIL = datetime.fromisoformat("2026-05-20T12:34:56+00:00")


@dataclass(frozen=True)
class Seen:
    """An event as an analyst should see it; times without a zone, as SQL gives them."""

    event: StoredEvent
    person: str | None
    at: datetime
    effective_at: datetime
    dt: str

    @property
    def order(self) -> tuple[datetime, str]:
        return (self.at, self.event.message_id)


@dataclass(frozen=True)
class Shop:
    """The lake, and the same events in memory."""

    lake: Lake
    events: Sequence[Seen]
    copies: Sequence[Seen]  # every one that was sent, the first of each event too
    identity: Resolved
    directory: Path
    tries: Sequence[OutcomeRow]
    refused: Sequence[StoredEvent]

    def since(self, days: int) -> list[Seen]:
        """The events with a person, of so many days back, in the order they happened."""
        first = (UNTIL.date() - timedelta(days=days)).isoformat()
        found = [seen for seen in self.events if seen.dt >= first and seen.person is not None]
        return sorted(found, key=lambda seen: seen.order)


def open_shop(directory: Path, *, count: int, seed: int) -> Shop:
    """Generate the shop's events into a directory, and resolve them independently of the lake."""
    sent = list(generate(events=count, days=60, seed=seed, until=UNTIL))
    fill(directory, sent, until=UNTIL)
    identity = resolve(sent)
    first: dict[str, StoredEvent] = {}
    for event in sorted(sent, key=lambda event: event.received_at):
        first.setdefault(event.message_id, event)
    events = [_seen(event, identity) for event in first.values()]
    tried = [row for _, row in tries(sent, seed=1, until=UNTIL)]
    nameless = [event for event, _ in refused(sent)]
    copies = [_seen(event, identity) for event in sent]
    return Shop(Lake(directory, now=UNTIL), events, copies, identity, directory, tried, nameless)


def _seen(event: StoredEvent, identity: Resolved) -> Seen:
    at, received_at = _naive(event.timestamp), _naive(event.received_at)
    oldest = received_at - timedelta(days=1) if event.source.kind == "browser" else at
    return Seen(
        event,
        identity.person_of(event),
        at,
        at if oldest <= at <= received_at else received_at,
        f"{received_at:%Y-%m-%d}",
    )


def by_person(events: Iterable[Seen]) -> dict[str, list[Seen]]:
    """The events of each person, in the order they are given."""
    return grouped(events, lambda seen: str(seen.person))


def grouped[Key](events: Iterable[Seen], key: Callable[[Seen], Key]) -> dict[Key, list[Seen]]:
    """The events by a key, in the order they are given."""
    groups: dict[Key, list[Seen]] = {}
    for seen in events:
        groups.setdefault(key(seen), []).append(seen)
    return groups


def week(moment: datetime) -> date:
    """The Monday of the moment's week."""
    return moment.date() - timedelta(days=moment.weekday())


def visits(events: Sequence[Seen]) -> list[list[Seen]]:
    """A person's events of one day, in order, parted by thirty minutes of silence."""
    parts = [[events[0]]]
    for before, after in pairwise(events):
        if (after.at - before.at) // timedelta(seconds=1) >= 1800:
            parts.append([])
        parts[-1].append(after)
    return parts


def touch(event: StoredEvent) -> tuple[str, str] | None:
    """Where the event's visitor came from, channel and place, when it was neither directly nor from here."""
    channel = event.enrichment.get("channel")
    if channel in (None, "Direct"):
        return None
    campaign = event.enrichment.get("campaign")
    if campaign is not None:
        return (channel, f"{campaign['source']} / {campaign['medium']}")
    referrer: dict[str, Any] = event.enrichment["referrer"]
    return (channel, referrer.get("name", referrer["host"]))


def is_bot(seen: Seen) -> bool:
    return bool(enriched(seen.event, "bot", "is"))


def enriched(event: StoredEvent, *path: str) -> Any:
    """What the enrichment says at a path, or None."""
    found: Any = event.enrichment
    for name in path:
        found = (found or {}).get(name)
    return found


def _naive(moment: datetime) -> datetime:
    return moment.replace(tzinfo=None)
