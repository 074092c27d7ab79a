"""Leaving properties out, or all but some."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from copy import replace
from typing import Any

from headwater.destination.shaping.paths import Path, changed, parse
from headwater.record import StoredEvent


def dropping(written: Sequence[str]) -> Callable[[StoredEvent], StoredEvent]:
    """Leave out what is at the paths."""
    paths = [path for one in written for path in parse(one)]
    return lambda event: changed(
        event,
        paths,
        lambda entries, name: {key: value for key, value in entries.items() if key != name},
    )


# Where a name leads: further names, or None for all that is there.
type _Tree = dict[str, _Tree | None]


def allowing(written: Sequence[str]) -> Callable[[StoredEvent], StoredEvent]:
    """Keep only what is at the paths, in each object that one of them begins with.

    `properties.total` alone leaves traits and context as they are. `traits.email` governs the copy in
    `context.traits` as well, and nothing else of the context.
    """
    roots: defaultdict[str, _Tree] = defaultdict(dict)
    for one in written:
        path = parse(one)[0]
        _plant(roots[path[0]], path[1:])
    if "traits" in roots and "context" in roots:
        roots["context"].setdefault("traits", roots["traits"])
    repeated = roots["traits"] if "traits" in roots and "context" not in roots else None

    def allowed(event: StoredEvent) -> StoredEvent:
        kept = {root: _kept(getattr(event, root), tree) for root, tree in roots.items()}
        if repeated is not None and "traits" in event.context:
            kept["context"] = {**event.context, "traits": _kept(event.context["traits"], repeated)}
        return replace(event, **kept)

    return allowed


def _plant(tree: _Tree, path: Path) -> None:
    for name in path[:-1]:
        inner = tree.setdefault(name, {})
        if inner is None:  # all of it is allowed already
            return
        tree = inner
    tree[path[-1]] = None


def _kept(value: Any, tree: _Tree) -> Any:
    """Keep what the tree names. A value where an object was expected was not named: it goes."""
    if isinstance(value, list):
        return [_kept(one, tree) for one in value]
    if not isinstance(value, Mapping):
        return {}
    return {
        name: value[name] if inner is None else _kept(value[name], inner)
        for name, inner in tree.items()
        if name in value
    }
