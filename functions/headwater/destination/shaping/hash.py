"""SHA-256 in the place of a value, so that a vendor can match it and not read it."""

import re
from collections.abc import Callable, Mapping, Sequence
from hashlib import sha256
from typing import Any

import orjson

from headwater.destination.shaping.paths import changed, parse
from headwater.record import StoredEvent

_HASHED = re.compile("[0-9a-f]{64}")


def hashing(written: Sequence[str]) -> Callable[[StoredEvent], StoredEvent]:
    """Put the SHA-256, as lower-case hex, in the place of what is at the paths."""
    paths = [path for one in written for path in parse(one)]
    return lambda event: changed(
        event, paths, lambda entries, name: {**entries, name: hashed(entries[name])}
    )


def hashed(value: Any) -> Any:
    """Hash a text without the space around it; an address with an @ in lower case, as vendors match it.

    A list is hashed element by element, anything else as its JSON; null and what is a SHA-256 already
    stay.
    """
    match value:
        case None:
            return None
        case list():
            return [hashed(one) for one in value]
        case str():
            text = value.strip()
            text = text.lower() if "@" in text else text
            if _HASHED.fullmatch(text):
                return text
            return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
        case bool() | int() | float() | Mapping():
            return sha256(orjson.dumps(value, option=orjson.OPT_SORT_KEYS)).hexdigest()
    return None
