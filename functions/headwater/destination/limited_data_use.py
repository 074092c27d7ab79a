"""Asking an advertiser to use an event for measuring only, as Meta has it and Snap took it over."""

from collections.abc import Mapping
from typing import Any

from headwater.record import StoredEvent


def limited_data_use(event: StoredEvent, *, always: bool) -> Mapping[str, Any]:
    """Mark the event when the person objects to sharing, or `always`; else say nothing.

    Country and state 0: the vendor finds by the address which law holds.
    """
    if not (always or event.privacy.no_share):
        return {}
    return {
        "data_processing_options": ["LDU"],
        "data_processing_options_country": 0,
        "data_processing_options_state": 0,
    }
