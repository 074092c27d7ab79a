"""Where the visitor came from: the page before this one, and its host."""

from headwater.enrichments.finding import text_at, with_finding
from headwater.enrichments.page import split
from headwater.record import StoredEvent
from headwater.wire.request import Received


def referrer(event: StoredEvent, _: Received) -> StoredEvent:
    """Find `url` and `host`; a visit that came from nowhere has none."""
    address = text_at(event.context, "page", "referrer") or text_at(
        event.context, "referrer", "url"
    )
    if address is None and event.type == "page":
        address = text_at(event.properties, "referrer")
    parts = split(address)
    return with_finding(event, "referrer", {"url": address, "host": parts.host} if parts else None)
