"""Where the visitor came from: the page before this one, whose it is, and what was sought there.

Lists of sites: `known/`. An internal referrer is one of the site's own pages; `direct` is none at all.
What else was in the query of the address is left in `context`, and stays out of the lake's column.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from headwater.enrichments.finding import Changes, found, text_at
from headwater.enrichments.page import Address, Told, split, without_query
from headwater.enrichments.referrer_list import site_of, terms_of
from headwater.record import StoredEvent
from headwater.wire import query
from headwater.wire.request import Received

_MAX_TERM = 200


def referrer(event: StoredEvent, received: Received) -> Changes:
    """Find `kind`, and of a known site its `name`; `url`, `host`, and what was sought as `term`.

    `kind`: search, social, video, email, ai, shopping, news, advertising, internal, other or direct.
    """
    page: Mapping[str, str] | None = event.enrichment.get("page")
    said = _Said(
        told=Told.by(event),
        elsewhere=event.context.get("referrer"),
        host=page.get("host", "") if page else "",
        on_a_page=page is not None and event.source.kind == "browser",
    )
    return received.once(_came_from, said)


class _Said(NamedTuple):
    told: Told
    elsewhere: Any  # `context.referrer`, in which apps give an object
    host: str
    on_a_page: bool


def _came_from(received: Received, said: _Said) -> Changes:
    address = text_at(said.told.page, "referrer") or text_at(said.elsewhere, "url")
    if address is None:
        address = text_at(said.told.properties, "referrer")
    parts = split(address) or _app(address)
    if parts is None:
        return found("referrer", {"kind": "direct"} if said.on_a_page else None)
    finding = {"url": without_query(address or "", ()), "host": parts.host}
    if _is_own(parts.host, said.host, received.own_hosts):
        return found("referrer", {**finding, "kind": "internal"})
    site = site_of(parts.host)
    if site is None:
        return found("referrer", {**finding, "kind": "other"})
    finding |= {"kind": site.kind, "name": site.name}
    if site.kind == "search" and parts.query and (term := _term(parts.query, site.name)):
        finding["term"] = term
    return found("referrer", finding)


def _is_own(host: str, page: str, own: frozenset[str]) -> bool:
    host = host.removeprefix("www.")
    if host == page.removeprefix("www."):
        return True
    return any(
        host == mine.removeprefix("www.") or host.endswith(f".{mine.removeprefix('www.')}")
        for mine in own
    )


def _app(address: str | None) -> Address | None:
    """Read Android's `android-app://package/`, with which apps name themselves.

    https://developer.android.com/reference/android/content/Intent#EXTRA_REFERRER_NAME, read 2026-11-27.
    """
    if address is None or not address.startswith("android-app://"):
        return None
    try:
        package = urlsplit(address[:500]).netloc
    except ValueError:
        return None
    return Address(package.lower(), "", "") if package else None


def _term(search: str, name: str) -> str | None:
    fields = query.fields(search)
    sought = (fields[field].strip() for field in terms_of(name) if field in fields)
    return next((term[:_MAX_TERM] for term in sought if term), None)
