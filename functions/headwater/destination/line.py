"""A line of text about an event, for the destinations that people read."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from headwater.destination.reading import at, text, traits, viewed, who
from headwater.record import StoredEvent

_NAMED = r"\{([^{}]{1,100})\}"


def called(event: StoredEvent) -> str:
    """Name the event as a reader would: a page is "Viewed <name>", an identify "Identified"."""
    return "Identified" if event.type == "identify" else viewed(event)


def filled(template: str, event: StoredEvent, *, escaped: Callable[[str], str]) -> str:
    """Replace `{properties.total}`, `{traits.email}`, `{event}` or `{who}` by their values.

    `escaped` makes a visitor's text harmless where it is read; what is not there becomes a dash.
    """
    entries: Mapping[str, Any] = {
        "event": called(event),
        "who": text(traits(event).get("email")) or who(event) or "somebody",
        "properties": event.properties,
        "traits": traits(event),
        "context": event.context,
    }
    return re.sub(
        _NAMED, lambda found: escaped(text(at(entries, *found[1].split("."))) or "–"), template
    )
