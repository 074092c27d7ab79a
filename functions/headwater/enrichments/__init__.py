"""What is found out about an event on its arrival: small steps, in an order that has reasons.

A step takes the event and what the server knows of its arrival, and returns what it changes, `Rejected`
or `Dropped`. It may fail alone: then its name is in `enrichment.errors` and the event goes on without it.
To add one: its file, one line here, its test.
"""

from collections.abc import Callable

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
from headwater.record import StoredEvent
from headwater.wire.request import Received

Enrichment = Callable[[StoredEvent, Received], Changes | Rejected | Dropped]

ENRICHMENTS: tuple[tuple[str, Enrichment], ...] = (
    ("bots", bots),  # first: what is dropped costs nothing more
    ("timestamps", timestamps),  # a later step may ask when it happened
    ("address", address),
    ("geo", geo),  # after the address: who sends none has no place either
    ("userAgent", user_agent),
    ("locale", locale),
    ("page", page),
    ("referrer", referrer),  # after the page: a site is no referrer of its own
    ("campaign", campaign),  # the client's own campaign wins over the page's query
    ("clickIds", click_ids),
    ("channel", channel),  # after all that brought the visitor here
    ("trackingPlan", tracking_plan),  # on all that was found out, before anything is withheld
    ("usableIds", usable_ids),  # last: no step may bring back an id that it withheld
)


def enrich(
    event: StoredEvent,
    received: Received,
    steps: tuple[tuple[str, Enrichment], ...] = ENRICHMENTS,
) -> StoredEvent | Rejected | Dropped:
    """Take the event through every step, in order; enriching twice is enriching once.

    A rejected event goes on too: what a later step drops, by a person's choice, is kept nowhere.
    `Rejected.original` is for the caller to give, who has what was sent.
    """
    draft = Draft(event)
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
    draft.take(found("errors", failed))
    return draft.event
