"""What a browser says of its person's choice: GPC, DNT, the opt-out cookie, the consent cookie."""

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, unquote

import orjson

from headwater.wire import cookies
from headwater.wire.request import Request

OPT_OUT = "optout"
CONSENT = "headwater_consent"

MAX_CATEGORIES = 50
_MAX_CHARACTERS = 3_000
_CATEGORY = re.compile(r"[A-Za-z_][A-Za-z0-9_ .:-]{0,63}")


def gpc(request: Request) -> bool:
    """Tell whether Global Privacy Control is on: one value that is exactly `1`.

    Gateways join repeated headers with commas. https://www.w3.org/TR/gpc/, read 2026-11-27.
    """
    return _says_one(request.headers.get("sec-gpc"))


def dnt(request: Request) -> bool:
    """Tell whether Do Not Track is on. https://www.w3.org/TR/tracking-dnt/, read 2026-11-27."""
    return _says_one(request.headers.get("dnt"))


def opted_out(request: Request) -> bool:
    """Tell whether the person opted out; whoever planted such a cookie asked for less, not more."""
    return bool(request.cookies) and "1" in cookies.values_of(OPT_OUT, request.cookies)


def consented(request: Request) -> Mapping[str, bool] | None:
    """Return the preferences that `/v1/consent` recorded; all no when they cannot be read."""
    if not request.cookies:
        return None
    values = cookies.values_of(CONSENT, request.cookies)
    if not values:
        return None
    if len(values) > 1 or len(values[0]) > _MAX_CHARACTERS:
        return {}
    try:
        return preferences(orjson.loads(unquote(values[0]))) or {}
    except orjson.JSONDecodeError:
        return {}


def preferences(said: Any) -> dict[str, bool] | None:
    """Read preferences as a client gives them: categories and booleans, and nothing else."""
    if not isinstance(said, dict) or len(said) > MAX_CATEGORIES:
        return None
    if not all(_CATEGORY.fullmatch(name) and isinstance(said[name], bool) for name in said):
        return None
    return said


def consent_value(said: Mapping[str, bool]) -> str | None:
    """Write preferences as a cookie's value; None when they are too many for one."""
    value = quote(orjson.dumps(said).decode(), safe="")
    return value if len(value) <= _MAX_CHARACTERS else None


def _says_one(header: str | None) -> bool:
    return header is not None and any(value.strip(" \t") == "1" for value in header.split(","))
