"""Where a property of an event is, and copies of the event that differ just there."""

from collections.abc import Callable, Mapping, Sequence
from copy import replace
from typing import Any

from headwater.errors import HeadwaterError
from headwater.record import StoredEvent

# The objects of an event that sites fill, and what we found out; ids and times are not to be changed.
ROOTS = ("properties", "traits", "context", "enrichment")


class PathError(HeadwaterError):
    """A path that names no property."""


type Path = tuple[str, ...]
type Change = Callable[[Mapping[str, Any], str], Mapping[str, Any]]


def parse(written: str) -> Sequence[Path]:
    """Read `traits.email` as the places where that may be: clients repeat traits in `context.traits`."""
    root, *names = written.split(".")
    if root not in ROOTS or not names or not all(names):
        raise PathError(
            f"{written!r} is no path of a property; write it from its root, one of "
            f"{', '.join(f'{one}.…' for one in ROOTS)}"
        )
    path = (root, *names)
    return [path, ("context", *path)] if root == "traits" else [path]


def changed(event: StoredEvent, paths: Sequence[Path], change: Change) -> StoredEvent:
    """Return a copy in which `change` was done where the paths lead; nothing of the event is touched."""
    for root, *names in paths:
        before = getattr(event, root)
        after = _followed(before, names, change)
        if after is not before:
            event = replace(event, **{root: after})
    return event


def _followed(value: Any, names: Sequence[str], change: Change) -> Any:
    """Go down to where the last name is, through every element of a list; copy only what changes."""
    if isinstance(value, list):
        after = [_followed(one, names, change) for one in value]
        same = all(new is old for new, old in zip(after, value, strict=True))
        return value if same else after
    if not isinstance(value, Mapping) or names[0] not in value:
        return value
    if len(names) == 1:
        return change(value, names[0])
    inner = _followed(value[names[0]], names[1:], change)
    return value if inner is value[names[0]] else {**value, names[0]: inner}
