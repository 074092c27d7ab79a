"""Which ids may stand for somebody, and the id of the person they stand for: the one place.

The SQL views compute the same person ids (`lake/sql/views`), so a change here is a change there.
Rules: the identity reference, A.4 R0 (placeholders of PostHog and Segment, exact match, never a
substring) and design 7.
"""

import re
from hashlib import sha256

MAX_ID_CHARACTERS = 256

# What broken integrations send when they have nobody: PostHog's illegal ids, Segment's suggested
# blocked values and the spellings of "nothing" in the languages our clients are written in.
_PLACEHOLDERS = frozenset(
    {
        "anonymous",
        "guest",
        "distinctid",
        "distinct_id",
        "id",
        "not_authenticated",
        "email",
        "undefined",
        "true",
        "false",
        "null",
        "none",
        "nil",
        "nan",
        "-1",
        "[object object]",
    }
)
_ZEROS_AND_DASHES = re.compile(r"[0-]*")
_QUOTES = "\"'` \t\r\n"


def usable_id(value: object) -> str | None:
    """Return the id if it can stand for one person or device, else None.

    Numbers are coerced, as every server client stringifies them (`12345` is `"12345"`). Unusable:
    anything that is no string, blank, longer than 256 characters, holding NUL, or a placeholder such
    as `"undefined"`. A usable id comes back unchanged: ids are opaque and match exactly.
    """
    if not isinstance(value, str):
        if not isinstance(value, int | float) or isinstance(value, bool):
            return None
        value = str(value)
    if not value or len(value) > MAX_ID_CHARACTERS:
        return None
    bare = value.strip(_QUOTES).lower()
    if bare in _PLACEHOLDERS or _ZEROS_AND_DASHES.fullmatch(bare) or "\0" in value:
        return None
    return value


def person_of_user(user_id: str) -> str:
    """Return the person id of a known user: 32 hex characters, computed and never allocated."""
    return _digest("u:" + user_id)


def person_of_device(anonymous_id: str) -> str:
    """Return the person id of a visitor who is still anonymous."""
    return _digest("a:" + anonymous_id)


def _digest(node: str) -> str:
    return sha256(node.encode("utf-8", "surrogatepass")).hexdigest()[:32]
