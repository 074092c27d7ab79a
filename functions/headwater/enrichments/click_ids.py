"""Which advertisement was clicked: the ids that advertisers add to a landing page's address.

Names: the vendors' own click-id parameters, as listed in uBlock Origin's and Firefox's strip lists.
They are found where they are; they are never rebuilt or kept beyond the event.
"""

from headwater.enrichments.finding import Changes, found
from headwater.enrichments.page import Told, page_query
from headwater.record import StoredEvent
from headwater.wire.request import Received

_NAMES = (
    "gclid", "gbraid", "wbraid", "dclid",  # Google
    "fbclid", "msclkid", "ttclid", "twclid", "li_fat_id", "ScCid", "rdt_cid", "epik", "yclid",
)  # fmt: skip
_MAX_CHARACTERS = 512


def click_ids(event: StoredEvent, received: Received) -> Changes:
    """Find the click ids in the page's query, under the vendors' own names."""
    return received.once(_clicked, Told.by(event))


def _clicked(_: Received, told: Told) -> Changes:
    fields = page_query(told)
    return found(
        "clickIds",
        {name: fields[name][:_MAX_CHARACTERS] for name in _NAMES if fields.get(name)},
    )
