"""How a step writes down what it found, and how it reads what a client may have sent as anything."""

from copy import replace
from typing import Any

from headwater.record import StoredEvent


def with_finding(event: StoredEvent, name: str, finding: Any) -> StoredEvent:
    """Return the event with a finding under `enrichment`; an empty finding leaves no trace."""
    if finding:
        return replace(event, enrichment={**event.enrichment, name: finding})
    if name not in event.enrichment:
        return event
    others = {key: value for key, value in event.enrichment.items() if key != name}
    return replace(event, enrichment=others)


def text_at(tree: Any, *path: str) -> str | None:
    """Return the text at a path of a client's object, None where there is none or it is blank."""
    for name in path:
        if not isinstance(tree, dict):
            return None
        tree = tree.get(name)
    return tree if isinstance(tree, str) and tree.strip() else None
