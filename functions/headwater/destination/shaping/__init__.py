"""What a destination does not get to see: properties left out or hashed, and other names.

All is set per destination in the workspace and done by the forwarder before `build`, so a change
applies to what is queued, and what is undeliverable is kept as it came.

- `paths`  where a property is: `properties.total`, `traits.email`, `context.ip`
- `select` leaving properties out, or all but some
- `hash`   SHA-256 in the place of a value
- `rename` another name for an event or a property
"""

from collections.abc import Callable, Mapping, Sequence
from functools import reduce

from headwater.destination.shaping.hash import hashing
from headwater.destination.shaping.paths import PathError
from headwater.destination.shaping.rename import renaming, renaming_properties
from headwater.destination.shaping.select import allowing, dropping
from headwater.record import StoredEvent

__all__ = ["PathError", "Shape", "shape"]

type Shape = Callable[[StoredEvent], StoredEvent]


def shape(
    *,
    allow: Sequence[str] = (),
    drop: Sequence[str] = (),
    hashed: Sequence[str] = (),
    events: Mapping[str, str] | None = None,
    properties: Mapping[str, str] | None = None,
) -> Shape | None:
    """Compile what is set up into one function; None when nothing is. Raises PathError."""
    steps: tuple[Shape, ...] = (
        *([allowing(allow)] if allow else []),  # first: what is not allowed needs no other rule
        *([dropping(drop)] if drop else []),
        *([hashing(hashed)] if hashed else []),
        # Last: all the paths above are the names that the site sends.
        *([renaming_properties(properties)] if properties else []),
        *([renaming(events)] if events else []),
    )
    if not steps:
        return None
    return lambda event: reduce(lambda shaped, step: step(shaped), steps, event)
