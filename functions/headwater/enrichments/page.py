"""The page an event happened on: its address, host, path and title."""

from collections.abc import Mapping
from urllib.parse import SplitResult, urlsplit

from headwater.enrichments.finding import text_at, with_finding
from headwater.record import StoredEvent
from headwater.wire import query
from headwater.wire.request import Received


def page(event: StoredEvent, _: Received) -> StoredEvent:
    """Find `url`, `host`, `path` and `title`, from the context or a page call's own properties."""
    address = _of_page(event, "url")
    parts = split(address)
    finding = {
        "url": address,
        "host": parts.hostname if parts else None,
        "path": _of_page(event, "path") or (parts.path if parts else None),
        "title": _of_page(event, "title"),
    }
    return with_finding(event, "page", {name: value for name, value in finding.items() if value})


def page_query(event: StoredEvent) -> Mapping[str, str]:
    """Return the fields of the page's query string, none of them repeated."""
    search = _of_page(event, "search")
    if search is None:
        parts = split(_of_page(event, "url"))
        search = parts.query if parts else ""
    return query.fields(search.removeprefix("?"))


def split(address: str | None) -> SplitResult | None:
    """Split an absolute web address; None for anything else, such as RudderStack's `$direct`."""
    try:
        parts = urlsplit(address or "")
    except ValueError:
        return None
    return parts if parts.scheme in ("http", "https") and parts.hostname else None


def _of_page(event: StoredEvent, name: str) -> str | None:
    found = text_at(event.context, "page", name)
    return found or (text_at(event.properties, name) if event.type == "page" else None)
