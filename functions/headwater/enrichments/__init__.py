"""What is found out about an event on its arrival: small steps, in an order that has reasons.

A step takes the event and what the server knows of its arrival, and returns what it changes, `Rejected`
or `Dropped`. It may fail alone: then its name is in `enrichment.errors` and the event goes on without it.
To add one: its file, one line here, its test.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from headwater.enrichments.address import address
from headwater.enrichments.bots import bots
from headwater.enrichments.campaign import campaign
from headwater.enrichments.channel import channel
from headwater.enrichments.click_ids import click_ids
from headwater.enrichments.draft import Draft
from headwater.enrichments.finding import Changes, found
from headwater.enrichments.geo import geo
from headwater.enrichments.locale import locale
from headwater.enrichments.page import page
from headwater.enrichments.referrer import referrer
from headwater.enrichments.timestamps import timestamps
from headwater.enrichments.tracking_plan import tracking_plan
from headwater.enrichments.usable_ids import usable_ids
from headwater.enrichments.user_agent import user_agent
from headwater.outcomes import Dropped, Rejected
from headwater.record import SourceReference, StoredEvent
from headwater.wire.request import Received

Enrichment = Callable[[StoredEvent, Received], Changes | Rejected | Dropped]
Steps = tuple[tuple[str, Enrichment], ...]

# Of the request, the context, and a page call's own properties: read once of the events that share them,
# so these steps are shown nothing else.
OF_THE_VISIT: Steps = (
    ("bots", bots),  # first: what is dropped costs nothing more
    ("address", address),
    ("geo", geo),  # after the address: who sends none has no place either
    ("userAgent", user_agent),
    ("locale", locale),
    ("page", page),
    ("referrer", referrer),  # after the page: a site is no referrer of its own
    ("campaign", campaign),  # the client's own campaign wins over the page's query
    ("clickIds", click_ids),
    ("channel", channel),  # after all that brought the visitor here
)
OF_THE_EVENT: Steps = (
    ("timestamps", timestamps),  # a later step may ask when it happened
    ("trackingPlan", tracking_plan),  # on all that was found out, before anything is withheld
    ("usableIds", usable_ids),  # last: no step may bring back an id that it withheld
)
ENRICHMENTS: Steps = OF_THE_VISIT + OF_THE_EVENT


def enrich(event: StoredEvent, received: Received) -> StoredEvent | Rejected | Dropped:
    """Take the event through every step, in order; enriching twice is enriching once.

    `Rejected.original` is for the caller to give, who has what was sent.
    """
    said_by_page = event.properties if event.type == "page" else None
    visit = received.once_of(_visit, event.context, said_by_page, event.source)
    if not isinstance(visit, StoredEvent):
        return visit
    draft = Draft(event, context=visit.context, enrichment=visit.enrichment)
    return through(OF_THE_EVENT, draft, received)


def _visit(
    received: Received,
    context: Mapping[str, Any],
    said_by_page: Mapping[str, Any] | None,
    source: SourceReference,
) -> StoredEvent | Rejected | Dropped:
    """Enrich an event that is nobody's yet and says nothing but this."""
    type_ = "track" if said_by_page is None else "page"
    properties = said_by_page or {}
    draft = Draft(_BLANK, type=type_, source=source, context=context, properties=properties)
    return through(OF_THE_VISIT, draft, received)


_NEVER = datetime.fromtimestamp(0, UTC)
_BLANK = StoredEvent(
    type="track",
    message_id="",
    timestamp=_NEVER,
    received_at=_NEVER,
    source=SourceReference("", "browser"),
)


def through(steps: Steps, draft: Draft, received: Received) -> StoredEvent | Rejected | Dropped:
    """Take the event through some steps.

    A rejected event goes on too: what a later step drops, by a person's choice, is kept nowhere.
    """
    failed: list[str] = []
    rejected: Rejected | None = None
    for name, step in steps:
        try:
            ended = step(draft.event, received)
        except Exception:  # noqa: BLE001 - a step that breaks costs its finding, never the event
            failed.append(name)
            continue
        if isinstance(ended, Dropped):
            return ended
        if isinstance(ended, Rejected):
            rejected = rejected or ended
        else:
            draft.take(ended)
    if rejected is not None:
        return rejected
    if failed:
        draft.take(found("errors", [*draft.event.enrichment.get("errors", ()), *failed]))
    return draft.event
