"""The page an event happened on: its address, host, path and title.

Queries carry what people typed and what links were sent to them. The lake's column keeps utm_* and the
fields that the workspace lists; the whole address stays in `context`, as it was sent.
"""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, NamedTuple, Self
from urllib.parse import unquote_plus, urlsplit

from headwater.enrichments.finding import Changes, found, text_at
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


class Told(NamedTuple):
    """What an event says of its page: the context's `page`, and the properties of a page call."""

    page: Any
    properties: Mapping[str, Any] | None

    @classmethod
    def by(cls, event: StoredEvent) -> Self:
        """Return what the event says."""
        return cls(event.context.get("page"), event.properties if event.type == "page" else None)

    def text(self, name: str) -> str | None:
        """Return the text of this name; the context's wins."""
        return text_at(self.page, name) or text_at(self.properties, name)


def page(event: StoredEvent, received: Received) -> Changes:
    """Find `url`, `host`, `path` and `title`, from the context or a page call's own properties."""
    return received.once(_page, Told.by(event))


def _page(received: Received, told: Told) -> Changes:
    address = told.text("url")
    parts = split(address)
    finding = {
        "url": without_query(address, received.policy.page_query) if address else None,
        "host": parts.host if parts else None,
        "path": told.text("path") or (parts.path if parts else None),
        "title": told.text("title"),
    }
    return found("page", {name: value for name, value in finding.items() if value})


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


def page_query(told: Told) -> Mapping[str, str]:
    """Return the fields of the page's query string, none of them repeated."""
    search = told.text("search")
    if search is None:
        parts = split(told.text("url"))
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
