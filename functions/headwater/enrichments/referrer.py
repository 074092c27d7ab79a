"""Where the visitor came from: the page before this one, whose it is, and what was sought there.

Lists of sites: `known/`. An internal referrer is one of the site's own pages; `direct` is none at all.
What else was in the query of the address is left in `context`, and stays out of the lake's column.
"""

from urllib.parse import urlsplit

from headwater.enrichments.finding import text_at, with_finding
from headwater.enrichments.page import Address, split, without_query
from headwater.enrichments.referrer_list import site_of, terms_of
from headwater.record import StoredEvent
from headwater.wire import query
from headwater.wire.request import Received

_MAX_TERM = 200


def referrer(event: StoredEvent, received: Received) -> StoredEvent:
    """Find `kind`, and of a known site its `name`; `url`, `host`, and what was sought as `term`.

    `kind`: search, social, video, email, ai, shopping, news, advertising, internal, other or direct.
    """
    address = text_at(event.context, "page", "referrer") or text_at(
        event.context, "referrer", "url"
    )
    if address is None and event.type == "page":
        address = text_at(event.properties, "referrer")
    parts = split(address) or _app(address)
    if parts is None:
        on_a_page = event.source.kind == "browser" and "page" in event.enrichment
        return with_finding(event, "referrer", {"kind": "direct"} if on_a_page else None)
    finding = {"url": without_query(address or "", ()), "host": parts.host}
    if _is_own(parts.host, event, received):
        return with_finding(event, "referrer", {**finding, "kind": "internal"})
    site = site_of(parts.host)
    if site is None:
        return with_finding(event, "referrer", {**finding, "kind": "other"})
    finding |= {"kind": site.kind, "name": site.name}
    if site.kind == "search" and parts.query and (term := _term(parts.query, site.name)):
        finding["term"] = term
    return with_finding(event, "referrer", finding)


def _is_own(host: str, event: StoredEvent, received: Received) -> bool:
    page = event.enrichment.get("page", {}).get("host", "")
    host = host.removeprefix("www.")
    if host == page.removeprefix("www."):
        return True
    own = received.own_hosts
    return bool(own) and any(
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
    found = (fields[field].strip() for field in terms_of(name) if field in fields)
    return next((term[:_MAX_TERM] for term in found if term), None)
