"""The cookies of a request, read byte for byte: no quoting, no `$Version`, no guessing.

RFC 6265 4.2.1, without RFC 2109's legacy syntax. A name that comes twice may have been planted by a
sibling sub-domain, so neither value is believed; only spaces and tabs around a pair are no part of it,
because a Unicode space before a prefix such as `__Host-` is how one is smuggled past a browser.
https://portswigger.net/research/cookie-chaos-how-to-bypass-host-and-secure-cookie-prefixes
"""

from collections.abc import Iterable, Iterator

# All that are ours: what a CDN on the way passes on, and nothing else (first-party.yaml).
NAMES = (
    "__Host-Http-vid",
    "__Secure-vid",
    "ajs_anonymous_id",
    "optout",
    "headwater_consent",
)
_BLANKS = " \t"


def pairs(cookies: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Yield the names and values; a pair without a name, or with one that is not ASCII, is no cookie."""
    for header in cookies:
        for cookie in header.split(";"):
            name, equals, value = cookie.strip(_BLANKS).partition("=")
            if equals and name and name.isascii():
                yield name, value


def values_of(name: str, cookies: Iterable[str]) -> list[str]:
    """Return every value under exactly this name, in the order of the header."""
    return [value for key, value in pairs(cookies) if key == name]


def value_of(name: str, cookies: Iterable[str]) -> str | None:
    """Return the cookie's value, or None when it is not there exactly once."""
    values = values_of(name, cookies)
    return values[0] if len(values) == 1 else None
