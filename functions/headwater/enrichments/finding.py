"""What a step says that it found, and how it reads what a client may have sent as anything."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, TypedDict

from headwater.record import Identity


class Changes(TypedDict, total=False):
    """What a step changes: fields of the event as they are to be, and findings for `enrichment`."""

    timestamp: datetime
    properties: Mapping[str, Any]
    traits: Mapping[str, Any]
    context: Mapping[str, Any]
    identity: Identity
    violations: tuple[Mapping[str, Any], ...]
    enrichment: Mapping[str, Any]


def found(name: str, finding: Any) -> Changes:
    """Put a finding under `enrichment`; an empty one leaves no trace."""
    return {"enrichment": {name: finding}}


def text_at(tree: Any, *path: str) -> str | None:
    """Return the text at a path of a client's object, None where there is none or it is blank."""
    for name in path:
        if not isinstance(tree, dict):
            return None
        tree = tree.get(name)
    return tree if isinstance(tree, str) and tree and not tree.isspace() else None
