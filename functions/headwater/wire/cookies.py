"""The cookies of a request, read byte for byte: no quoting, no `$Version`, no guessing.

RFC 6265 4.2.1, without RFC 2109's legacy syntax. A name that comes twice may have been planted by a
sibling sub-domain, so neither value is believed.
"""

import re
from collections.abc import Callable, Iterable
from urllib.parse import unquote

ANONYMOUS_ID = "ajs_anonymous_id"
# All that is ours: what a CDN on the way passes on, and nothing else (first-party.yaml).
NAMES = (ANONYMOUS_ID,)

_ID = re.compile(r"[A-Za-z0-9._~-]{1,100}")


def value_of(name: str, cookies: Iterable[str]) -> str | None:
    """Return the cookie's value, or None when it is not there exactly once."""
    values = [
        value for key, _, value in (cookie.partition("=") for cookie in cookies) if key == name
    ]
    return values[0] if len(values) == 1 else None


def anonymous_id(cookies: Iterable[str], new_id: Callable[[], str]) -> str | None:
    """Return the visitor id that analytics.js keeps in a cookie; None for a client without one.

    A value that is no id is replaced and not trusted. The first analytics.js wrote the id as a JSON
    string, so `%22…%22` is in the field (reference 8.2).
    """
    cookies = tuple(cookies)
    if not any(cookie.startswith(ANONYMOUS_ID + "=") for cookie in cookies):
        return None
    bare = unquote(value_of(ANONYMOUS_ID, cookies) or "").strip('"')
    return bare if _ID.fullmatch(bare) else new_id()
