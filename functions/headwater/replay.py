"""The story of a second chance: events that were rejected go the collector's way again, after a fix.

Each is validated and enriched as on the day it came: by its own source, with its own arrival time. So
it lands where it would have landed, and a second replay makes the very same event, which the lake drops.
What the request knew and the line does not (address, headers, cookies) is not made up. What the person's
choice allowed then is all that is allowed now, and a user id that pages must prove is proven no more: its
token was stored nowhere.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256

import orjson

from headwater.enrichments import enrich
from headwater.events import parse
from headwater.lake.rejected import RejectedEvent
from headwater.outcomes import Dropped, Refused, Rejected
from headwater.ports import ObjectStore, Stream
from headwater.privacy import cookieless
from headwater.privacy.applied import applied
from headwater.privacy.decision import Decision
from headwater.privacy.suppressed import Suppressed
from headwater.record import SourceReference, StoredEvent
from headwater.spill import commit
from headwater.wire.acceptance import accepted
from headwater.wire.batches import items
from headwater.wire.packing import event_line, pack
from headwater.wire.request import Received
from headwater.wire.signed_identify import unproven
from headwater.workspace import Workspace


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """What a replay would do: the events that are taken now, and why the others are not."""

    taken: tuple[StoredEvent, ...] = field(default=(), repr=False)
    dropped: int = 0
    still_rejected: Mapping[str, int] = field(default_factory=dict)


def trial(events: Iterable[RejectedEvent], workspace: Workspace, suppressed: Suppressed) -> Trial:
    """Find out what becomes of the events by today's rules; nothing is sent and nothing is written.

    `suppressed`: whoever has asked since the event came that nothing of them be stored.
    """
    taken: dict[tuple[str, str], StoredEvent] = {}
    dropped = 0
    rejected: dict[str, int] = {}
    for event in events:
        match _outcome(event, workspace):
            case StoredEvent() as stored if suppressed.concerns(stored):
                dropped += 1
            case StoredEvent() as stored:
                taken.setdefault((stored.source.id, stored.message_id), stored)
            case Dropped():
                dropped += 1
            case code:
                rejected[code] = rejected.get(code, 0) + 1
    return Trial(taken=tuple(taken.values()), dropped=dropped, still_rejected=rejected)


def replay(
    tried: Trial, *, stream: Stream, store: ObjectStore, request_id: str, now: datetime
) -> Refused | None:
    """Commit what the trial takes, as the collector commits; `Refused` when nothing could be stored."""
    records = pack(event_line(event) for event in tried.taken)
    ended = commit(records, stream=stream, store=store, request_id=request_id, at=now)
    return ended if isinstance(ended, Refused) else None


def _outcome(event: RejectedEvent, workspace: Workspace) -> StoredEvent | Dropped | str:
    source = next((each for each in workspace.sources if each.id == event.source_id), None)
    if source is None:
        return "unknown_source"
    batch = items({"batch": [event.original]}, None, workspace.limits)
    if isinstance(batch, Refused):
        return batch.code
    item = batch[0]
    decision = Decision(event.effect, event.reasons)
    nobody = cookieless.PREFIX if decision.cookieless else None
    message = (
        item
        if isinstance(item, Rejected)
        else parse(item, None, lambda: _id_of(event), visitor=nobody)
    )
    if isinstance(message, Rejected):
        return message.code
    received = Received(
        at=event.received_at,
        source=SourceReference(source.id, source.kind),
        request_id="replay",
        plan=workspace.plan_of(source),
        policy=workspace.enrichment,
        own_hosts=workspace.own_hosts,
    )
    enriched = enrich(accepted(message, received), received)
    if isinstance(enriched, Rejected):
        return enriched.code
    if isinstance(enriched, Dropped):
        return enriched
    if workspace.identity.signing.mode == "enforce":
        enriched = unproven(enriched)
    return applied(enriched, decision, workspace.privacy_of(source.id))


def _id_of(event: RejectedEvent) -> str:
    """Make the same messageId each time for an event that came without one."""
    line = orjson.dumps(event.to_json(), option=orjson.OPT_SORT_KEYS)
    return f"replay-{sha256(line).hexdigest()[:32]}"
