"""What a call says to one vendor only: its entry in `integrations`, and the vendor's own id of the person."""

from collections.abc import Mapping
from typing import Any

from headwater.destination.reading import mapping, text
from headwater.record import StoredEvent


def options(event: StoredEvent, *names: str) -> Mapping[str, Any]:
    """Return the first object that `integrations` holds under one of the names.

    Segment, spec/common, "integrations": an object means yes, with these options.
    """
    return next((found for name in names if (found := mapping(event.integrations.get(name)))), {})


def external_id(event: StoredEvent, kind: str) -> str | None:
    """Return the person's id of that kind in `context.externalId(s)`: a list of `{type, id}`."""
    for key in ("externalIds", "externalId"):
        listed = event.context.get(key)
        for entry in listed if isinstance(listed, list) else ():
            if mapping(entry).get("type") == kind and text(mapping(entry).get("id")):
                return text(entry["id"])
    return None


def click_id(event: StoredEvent, name: str) -> str | None:
    """Return an advertisement's click id from the page's address, as enrichment found it."""
    return text(mapping(event.enrichment.get("clickIds")).get(name))
