"""Which advertisement was clicked: the ids that advertisers add to a landing page's address.

Names: the vendors' own click-id parameters, as listed in uBlock Origin's and Firefox's strip lists.
They are found where they are; they are never rebuilt or kept beyond the event.
"""

from headwater.enrichments.finding import with_finding
from headwater.enrichments.page import page_query
from headwater.record import StoredEvent
from headwater.wire.request import Received

_NAMES = (
    "gclid", "gbraid", "wbraid", "dclid",  # Google
    "fbclid", "msclkid", "ttclid", "twclid", "li_fat_id", "ScCid", "rdt_cid", "epik", "yclid",
)  # fmt: skip
_MAX_CHARACTERS = 512


def click_ids(event: StoredEvent, _: Received) -> StoredEvent:
    """Find the click ids in the page's query, under the vendors' own names."""
    fields = page_query(event)
    return with_finding(
        event,
        "clickIds",
        {name: fields[name][:_MAX_CHARACTERS] for name in _NAMES if fields.get(name)},
    )
