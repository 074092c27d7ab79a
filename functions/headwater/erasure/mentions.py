"""The person's ids inside what is somebody else's, or is no JSON at all."""

import re
from collections.abc import Mapping
from typing import Any

from headwater.erasure.person import Person

# In these an id is an id. Anywhere else a short one may be a size, a price or a word, and is left alone.
_ID_PLACES = frozenset(
    {
        "userId", "user_id", "anonymousId", "anonymous_id", "previousId", "previous_id", "personId",
        "id_value", "owner_user_id", "parent_id", "root_id", "cookielessId",
    }
)  # fmt: skip
DISTINCT_CHARACTERS = 12
# A vendor's own words may quote what was sent for somebody else in the same batch.
_QUOTING = frozenset({"detail", "reason", "message"})


def distinct(id_: str) -> bool:
    """Tell whether an id is so long that the same text is the same id wherever it stands."""
    return len(id_) >= DISTINCT_CHARACTERS


def without_mentions(value: Any, person: Person, *, place: str = "") -> Any:
    """Return the value with another name for each id of the person in it."""
    match value:
        case str():
            if value in person.ids and (place in _ID_PLACES or distinct(value)):
                return person.instead_of(value)
            spoken = value.encode("utf-8", "surrogatepass") if place in _QUOTING else b""
            return "" if spoken and mentioned(spoken, person) else value
        case Mapping():
            return {
                without_mentions(name, person): without_mentions(inner, person, place=name)
                for name, inner in value.items()
            }
        case list():
            return [without_mentions(inner, person, place=place) for inner in value]
        case _:
            return value


def mentioned(content: bytes, person: Person) -> bool:
    """Tell whether bytes of any form hold one of the ids, as a whole word."""
    return bool(_pattern(person).search(content))


def _pattern(person: Person) -> "re.Pattern[bytes]":
    texts = (re.escape(id_.encode("utf-8", "surrogatepass")) for id_ in sorted(person.ids) if id_)
    return re.compile(rb"(?<![\w.-])(?:" + b"|".join(texts) + rb")(?![\w-])")
