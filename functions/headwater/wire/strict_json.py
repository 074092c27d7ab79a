"""JSON as strict as its RFC, and as forgiving as real clients need: one profile for every body.

Refused: anything that is no JSON, NaN and infinities, more than 200 levels. Kept: integers of any
size (as text beyond 64 bits, since the lake and most readers would round them). Repaired: lone
surrogates, which JSON.stringify makes of a string cut in the middle of an emoji. Left out:
`__proto__`, which pollutes every JavaScript reader downstream. RFC 8259; traps: the reference 5.3.
"""

import json
import re
from typing import Any, NoReturn

import orjson

from headwater.outcomes import RefuseCode, Refused

# What is read, so that nothing after it can run out of stack: orjson writes 254 levels at most. An event
# may have fewer (`batches`), and one that is too deep must not cost the others of its batch.
MAX_DEPTH = 200
POLLUTING_KEY = "__proto__"

_MAX_INTEGER = 2**63 - 1
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
# orjson rounds integers over 64 bits to floats without a word; from 19 digits on we read them ourselves.
# Looked for as zeros among zeros, in a tenth of a regular expression's time.
_LONG_NUMBER = b"0" * 19
_DIGITS_AS_ZEROS = bytes.maketrans(b"123456789", b"0" * 9)
_SURROGATES = re.compile("[\ud800-\udfff]")
_ESCAPED_ASCII = rb"\u00"


def parse_json(body: bytes) -> Any | Refused:
    """Read one JSON value, or say why it is none; never raises."""
    body = body.removeprefix(_BYTE_ORDER_MARK)
    try:
        value, exact = _read(body)
    except (ValueError, RecursionError):
        return Refused(RefuseCode.INVALID_JSON, "the body is not valid JSON")
    # Who opens no more than that cannot nest deeper, and to count is a tenth of the walk.
    openings = body.count(b"{") + body.count(b"[")
    if openings > MAX_DEPTH and deeper_than(MAX_DEPTH, value):
        return Refused(RefuseCode.INVALID_JSON, f"the body has more than {MAX_DEPTH} levels")
    # A key may be written in escapes, so an escaped ASCII character asks for the walk as well.
    if exact or POLLUTING_KEY.encode() in body or _ESCAPED_ASCII in body:
        return _repaired(value)
    return value


def _read(body: bytes) -> tuple[Any, bool]:
    if _LONG_NUMBER in body.translate(_DIGITS_AS_ZEROS):
        return _exact(body), True
    try:
        return orjson.loads(body), False
    except orjson.JSONDecodeError:
        # orjson does not say "a lone surrogate", so ask the parser that reads them.
        return _exact(body), True


def _exact(body: bytes) -> Any:
    return json.loads(
        body.decode("utf-8"), parse_constant=_refuse, parse_float=_finite, parse_int=_integer
    )


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not JSON")


def _finite(text: str) -> float:
    value = float(text)
    if value in (float("inf"), float("-inf")):
        raise ValueError("a number beyond a double's range")
    return value


def _integer(text: str) -> int | str:
    # The length first: reading thousands of digits takes quadratic time.
    if len(text) > 20 or not -_MAX_INTEGER - 1 <= int(text) <= _MAX_INTEGER:
        return text
    return int(text)


# Exactly these come from a parser, and to look a type up is faster than to ask for its ancestors.
_NESTING = frozenset({dict, list})


def deeper_than(levels: int, value: Any) -> bool:
    """Say whether lists and objects are nested in more levels than these."""
    # Level by level and without recursion, because depth is what an attacker chooses.
    level = [value] if type(value) in _NESTING else []
    for _ in range(levels):
        if not level:
            return False
        level = [
            inner
            for outer in level
            for inner in (outer.values() if type(outer) is dict else outer)
            if type(inner) in _NESTING
        ]
    return bool(level)


def _repaired(value: Any) -> Any:
    match value:
        case str():
            return _SURROGATES.sub("\ufffd", value)
        case dict():
            return {
                _repaired(key): _repaired(inner)
                for key, inner in value.items()
                if key != POLLUTING_KEY
            }
        case list():
            return [_repaired(inner) for inner in value]
        case _:
            return value
