"""Nested values as flat ones, for vendors that take names and scalars only."""

from collections.abc import Iterator, Mapping
from typing import Any

import orjson


def flattened(
    entries: Mapping[str, Any], *, index: str = ".{}", separator: str = "."
) -> dict[str, Any]:
    """Name each scalar by its path: `address.city`, and `products.0.name` or what `index` makes of it."""
    return dict(_leaves(entries, "", index, separator))


def _leaves(value: Any, path: str, index: str, separator: str) -> Iterator[tuple[str, Any]]:
    if isinstance(value, Mapping):
        for name, inner in value.items():
            yield from _leaves(
                inner, f"{path}{separator}{name}" if path else name, index, separator
            )
    elif isinstance(value, list | tuple):
        for place, inner in enumerate(value):
            yield from _leaves(inner, path + index.format(place), index, separator)
    else:
        yield path, value


def scalar_text(value: object) -> str:
    """Write a scalar as JSON does, a string as it is, nothing as the empty string."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)


def json_text(value: object) -> str:
    """Write it as JSON, where what is nested must travel as one text."""
    return orjson.dumps(value).decode()
