"""Which coding of a stored answer a client can read.

RFC 9110, 12.5.3: a coding is named, or it is not wanted; a weight of nothing is a refusal.
"""

import re

_NOTHING = re.compile(r"0(\.0*)?")


def accepts(coding: str, accept_encoding: str) -> bool:
    """Say whether this `Accept-Encoding` names the coding, and does not refuse it."""
    for part in accept_encoding.lower().replace(" ", "").split(","):
        named, _, weight = part.partition(";q=")
        if named == coding:
            return _NOTHING.fullmatch(weight) is None
    return False
