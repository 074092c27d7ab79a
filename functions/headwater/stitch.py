"""The story of a batch: parse → fold → link → traits → stamp → fan out.

A line that cannot be read is set aside in `failed/` with its reason: a line never stalls a shard.
A service that does not answer stops the batch at the first record that needed it, and everything
from there on is delivered again; what was done already is done again without effect.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import orjson

from headwater.destination import Configured, deliveries, routes
from headwater.identity.believed import whose
from headwater.identity.fold import Fact, fold
from headwater.identity.lines import Record, count, read_lines, set_aside
from headwater.identity.links import DEFAULT_POLICY, Links, links
from headwater.identity.progress import Progress
from headwater.identity.store import IdentityStore
from headwater.ids import usable_id
from headwater.ports import ObjectStore, Queue
from headwater.privacy.suppressed import Suppressed
from headwater.record import Identity, StoredEvent
from headwater.workspace import IdentityPolicy


@dataclass(frozen=True, slots=True)
class Stitched:
    """How a batch ended. `failed_from`: deliver again from this sequence number, for this `fault`."""

    events: int
    set_aside: int
    messages: int
    failed_from: str | None = None
    fault: str = ""


@dataclass(frozen=True, slots=True)
class Parsed:
    """An event, what it says about identity, whose it is, and where it may go."""

    event: StoredEvent
    links: Links
    owner: Identity
    destinations: tuple[Configured, ...]


def stitch(
    records: Sequence[Record],
    *,
    store: IdentityStore,
    configured: Sequence[Configured],
    queue: Queue,
    objects: ObjectStore,
    now: datetime,
    policy: IdentityPolicy = DEFAULT_POLICY,
    fan_out_from: datetime | None = None,
    suppressed: Suppressed | None = None,
) -> Stitched:
    """Bring identity up to date with the records, then hand their events to the destinations.

    `fan_out_from`: events received before it are linked but not delivered, for when the stream is
    read again from its beginning (design 12).
    """
    progress = Progress(len(records))

    parsed, unreadable = read_lines(
        records, lambda line: parse(line, configured, fan_out_from, policy, suppressed)
    )
    progress.each(unreadable, lambda lines: set_aside(lines, objects))

    # One fact an item before the first write, so that a hot user costs one write a batch.
    facts = fold((one.first, one.said.links) for one in parsed)

    # Links and merges before the stamp: an event is delivered under the person that it makes.
    progress.each(facts.claims, store.claim)
    progress.each(facts.merges, store.merge)
    progress.each(facts.sayings, store.said.learn)
    progress.each(facts.sightings, store.said.note)

    stamped = _stamp(parsed, store, progress)
    # Last, because it is the only stage whose repetition is seen outside.
    messages = _fan_out(stamped, configured, queue, progress, now=now)
    return Stitched(
        events=len(parsed),
        set_aside=count(unreadable),
        messages=messages,
        failed_from=records[progress.end].sequence_number if progress.fault else None,
        fault=progress.fault,
    )


def parse(
    line: bytes,
    configured: Sequence[Configured],
    fan_out_from: datetime | None = None,
    policy: IdentityPolicy = DEFAULT_POLICY,
    suppressed: Suppressed | None = None,
) -> Parsed:
    """Read a stored line and all that follows from it alone.

    Raises for a line no collector of ours wrote; here, where it is one line's fault and nobody
    else's.
    """
    event = StoredEvent.from_json(orjson.loads(line))
    identity = event.identity
    for id_ in (identity.anonymous_id, identity.user_id, identity.previous_id, identity.group_id):
        if id_ is not None and usable_id(id_) != id_:
            raise ValueError("`identity` holds an id that is not usable")
    if suppressed and suppressed.concerns(event):
        # The collector had no copy of the list, or an older one: here it ends.
        return Parsed(event, Links(), identity, ())
    replayed = fan_out_from is not None and event.received_at < fan_out_from
    return Parsed(
        event,
        links(event, policy),
        whose(event, policy),
        () if replayed else routes(event, configured),
    )


def _stamp(
    parsed: Sequence[Fact[Parsed]], store: IdentityStore, progress: Progress
) -> list[Fact[Parsed]]:
    """Write the person on every event that goes somewhere; the others cost no look-up."""
    stamped: list[Fact[Parsed]] = []

    def stamp(fact: Fact[Parsed]) -> None:
        event = fact.said.event
        identity = replace(event.identity, person_id=store.person(fact.said.owner))
        event = replace(event, identity=identity)
        stamped.append(Fact(fact.first, replace(fact.said, event=event)))

    progress.each((Fact(one.first, one) for one in parsed if one.said.destinations), stamp)
    return stamped


def _fan_out(
    stamped: Sequence[Fact[Parsed]],
    configured: Sequence[Configured],
    queue: Queue,
    progress: Progress,
    *,
    now: datetime,
) -> int:
    """Queue the events, packed by destination; when the queue refuses, all of them come again."""
    messages = [
        delivery.to_message()
        for destination in configured
        for delivery in deliveries(
            (one.said.event for one in stamped if destination in one.said.destinations),
            destination_id=destination.id,
            first_at=now,
        )
    ]
    if messages:
        progress.each([Fact(stamped[0].first, messages)], queue.send)
    return len(messages)
