"""An event without the properties or traits at fault: Segment's "omit"."""

from collections.abc import Iterable
from copy import replace
from typing import Any

from headwater.record import StoredEvent
from headwater.tracking_plan.violations import Path

# What may be taken away; without its ids an event would be another one.
_PARTS = ("properties", "traits", "context")


def omit(
    event: StoredEvent, paths: Iterable[Path], *, finely: bool
) -> tuple[StoredEvent, list[str]]:
    """Return the event without the named member nearest to each path, and the members' names.

    Of `products.0.price` that is the price of that product; of an array's item it is the array, since
    the others would move up. Not `finely`: the whole property. What is missing cannot be taken away.
    """
    names: list[str] = []
    for path in paths:
        member = _member(path, finely=finely)
        if member is None:
            continue
        part, *steps = member
        reduced = _without(getattr(event, str(part)), steps)
        if reduced is not None:
            event = replace(event, **{str(part): reduced})
            names.append(".".join(map(str, steps)))
    return event, names


def _member(path: Path, *, finely: bool) -> Path | None:
    if len(path) < 2 or path[0] not in _PARTS:
        return None
    if not finely:
        return path[:2]
    while isinstance(path[-1], int):
        path = path[:-1]
    return path


def _without(tree: Any, steps: list[str | int]) -> Any:
    """Return a copy of the tree without the member at the end of the steps; None if it is not there."""
    step, *rest = steps
    if isinstance(tree, dict) and step in tree:
        if not rest:
            return {name: value for name, value in tree.items() if name != step}
        inner = _without(tree[step], rest)
        return None if inner is None else {**tree, step: inner}
    if isinstance(tree, list) and isinstance(step, int) and step < len(tree) and rest:
        inner = _without(tree[step], rest)
        return None if inner is None else [*tree[:step], inner, *tree[step + 1 :]]
    return None
