"""Which campaign brought the visitor: the six names of `utm_*` and no others.

analytics.js copies every key that contains `utm_`, so a page's address could grow the lake's schema
at will. What the client itself calls its campaign wins over the address.
"""

from collections.abc import Mapping
from typing import Any

from headwater.enrichments.finding import Changes, found, text_at
from headwater.enrichments.page import Told, page_query
from headwater.record import StoredEvent
from headwater.wire.request import Received

# Segment's name -> the query's (Segment's spec, context.campaign).
_NAMES = {
    "source": "utm_source",
    "medium": "utm_medium",
    "name": "utm_campaign",
    "term": "utm_term",
    "content": "utm_content",
    "id": "utm_id",
}
_MAX_CHARACTERS = 256


def campaign(event: StoredEvent, received: Received) -> Changes:
    """Find the campaign, from `context.campaign` or else from the page's query."""
    return received.once(_named, (event.context.get("campaign"), Told.by(event)))


def _named(_: Received, said: tuple[Any, Told]) -> Changes:
    own, told = said
    claimed: Mapping[str, str | None] = {name: text_at(own, name) for name in _NAMES if own}
    if not any(claimed.values()):
        fields = page_query(told)
        claimed = {name: fields.get(key) for name, key in _NAMES.items()}
    finding = {
        name: value.strip()[:_MAX_CHARACTERS]
        for name, value in claimed.items()
        if value and not value.isspace()
    }
    return found("campaign", finding)
