"""Which campaign brought the visitor: the six names of `utm_*` and no others.

analytics.js copies every key that contains `utm_`, so a page's address could grow the lake's schema
at will. What the client itself calls its campaign wins over the address.
"""

from collections.abc import Mapping

from headwater.enrichments.finding import text_at, with_finding
from headwater.enrichments.page import page_query
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


def campaign(event: StoredEvent, _: Received) -> StoredEvent:
    """Find the campaign, from `context.campaign` or else from the page's query."""
    claimed: Mapping[str, str | None] = {}
    if event.context.get("campaign"):
        claimed = {name: text_at(event.context, "campaign", name) for name in _NAMES}
    if not any(claimed.values()):
        fields = page_query(event)
        claimed = {name: fields.get(key) for name, key in _NAMES.items()}
    found = {
        name: value.strip()[:_MAX_CHARACTERS]
        for name, value in claimed.items()
        if value and not value.isspace()
    }
    return with_finding(event, "campaign", found)
