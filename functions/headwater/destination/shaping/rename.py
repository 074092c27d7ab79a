"""Another name for an event or a property, as one vendor's reports have it."""

from collections.abc import Callable, Mapping
from copy import replace

from headwater.destination.shaping.paths import Change, PathError, changed, parse
from headwater.record import StoredEvent


def renaming(names: Mapping[str, str]) -> Callable[[StoredEvent], StoredEvent]:
    """Rename tracks by their event, pages and screens by their name."""

    def renamed(event: StoredEvent) -> StoredEvent:
        if event.type == "track":
            return replace(event, event=names.get(event.event or "", event.event))
        if event.type in ("page", "screen"):
            return replace(event, name=names.get(event.name or "", event.name))
        return event

    return renamed


def renaming_properties(names: Mapping[str, str]) -> Callable[[StoredEvent], StoredEvent]:
    """Rename what is at each path; the new name is the last part alone, in the same object.

    A property that has the new name already gives way.
    """
    for path, new in names.items():
        if not new or "." in new:
            raise PathError(
                f"{path!r} is renamed to {new!r}: give its last name alone, without a dot"
            )
    renames = [(parse(path), _to(new)) for path, new in names.items()]

    def renamed(event: StoredEvent) -> StoredEvent:
        for paths, rename in renames:
            event = changed(event, paths, rename)
        return event

    return renamed


def _to(new: str) -> Change:
    return lambda entries, old: {
        new if name == old else name: value
        for name, value in entries.items()
        if name == old or name != new
    }
