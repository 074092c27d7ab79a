"""The moments inside properties and traits, for vendors that want them written their own way."""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

_ISO_8601 = r"\d{4}-\d\d-\d\d(T\d\d:\d\d.*)?"


def rewritten(value: Any, write: Callable[[datetime], Any], *, days: bool = True) -> Any:
    """Replace each ISO 8601 text, however deep, by what `write` makes of it; `days` without a time too.

    A moment without a zone is taken for UTC; what only looks like a moment stays as it is.
    """
    if isinstance(value, Mapping):
        return {name: rewritten(inner, write, days=days) for name, inner in value.items()}
    if isinstance(value, list):
        return [rewritten(inner, write, days=days) for inner in value]
    found = re.fullmatch(_ISO_8601, value) if isinstance(value, str) else None
    if found is None or not (days or found[1]):
        return value
    try:
        moment = datetime.fromisoformat(value)
        return write(moment if moment.tzinfo else moment.replace(tzinfo=UTC))
    except (OverflowError, ValueError):
        return value
