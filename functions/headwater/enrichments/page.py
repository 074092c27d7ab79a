"""The page an event happened on: its address, host, path and title.

Queries carry what people typed and what links were sent to them. The lake's column keeps utm_* and the
fields that the workspace lists; the whole address stays in `context`, as it was sent.
"""

from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import unquote_plus, urlsplit

from headwater.enrichments.finding import text_at, with_finding
from headwater.record import StoredEvent
from headwater.wire import query
from headwater.wire.request import Received

# Events come in batches from one page; what is read of its address is read once.
_ADDRESSES = 256
_MAX_CHARACTERS = 2048

_CAMPAIGN = ("utm_source", "utm_medium", "utm_campaign", "utm_term", "utm_content", "utm_id")


class Address(NamedTuple):
    """An absolute web address in parts; `query` without its question mark."""

    host: str
    path: str
    query: str


def page(event: StoredEvent, received: Received) -> StoredEvent:
    """Find `url`, `host`, `path` and `title`, from the context or a page call's own properties."""
    address = _of_page(event, "url")
    parts = split(address)
    finding = {
        "url": without_query(address, received.policy.page_query) if address else None,
        "host": parts.host if parts else None,
        "path": _of_page(event, "path") or (parts.path if parts else None),
        "title": _of_page(event, "title"),
    }
    return with_finding(event, "page", {name: value for name, value in finding.items() if value})


@lru_cache(maxsize=_ADDRESSES)
def without_query(address: str, kept: tuple[str, ...]) -> str:
    """Return the address with utm_* and the fields to be kept; without fragment, user and password."""
    if "*" in kept:
        return address.partition("#")[0][:_MAX_CHARACTERS]
    bare, _, search = address.partition("#")[0].partition("?")
    scheme, slashes, rest = bare.partition("://")
    if slashes:
        authority, slash, path = rest.partition("/")
        bare = f"{scheme}://{authority.rpartition('@')[2]}{slash}{path}"
    pairs = search.split("&", query.MAX_FIELDS)[: query.MAX_FIELDS] if search else []
    left = [pair for pair in pairs if _name(pair) in _CAMPAIGN or _name(pair) in kept]
    return (f"{bare}?{'&'.join(left)}" if left else bare)[:_MAX_CHARACTERS]


def _name(pair: str) -> str:
    return unquote_plus(pair.partition("=")[0])


def page_query(event: StoredEvent) -> Mapping[str, str]:
    """Return the fields of the page's query string, none of them repeated."""
    search = _of_page(event, "search")
    if search is None:
        parts = split(_of_page(event, "url"))
        search = parts.query if parts else ""
    return _fields(search.removeprefix("?"))


@lru_cache(maxsize=_ADDRESSES)
def _fields(search: str) -> Mapping[str, str]:
    return query.fields(search)


@lru_cache(maxsize=_ADDRESSES)
def split(address: str | None) -> Address | None:
    """Split an absolute web address; None for anything else, such as RudderStack's `$direct`."""
    try:
        parts = urlsplit(address or "")
        host = parts.hostname
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not host:
        return None
    return Address(host, parts.path, parts.query)


def _of_page(event: StoredEvent, name: str) -> str | None:
    found = text_at(event.context, "page", name)
    return found or (text_at(event.properties, name) if event.type == "page" else None)
