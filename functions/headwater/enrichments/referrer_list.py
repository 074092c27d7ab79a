"""Whose site a host is, and what kind of site: the lists of known referrers, made ready for look-ups.

A sub-domain is its parent's, but not below a search engine: drive.google.com does not search. `google.*`
stands for its country domains, `.bing.com` for an engine with all that is below it.
"""

from collections.abc import Iterator
from functools import cache, lru_cache
from typing import NamedTuple

from headwater.enrichments.known import known


class Site(NamedTuple):
    """A known site: search, social, video, email, ai, shopping, news, advertising or other."""

    kind: str
    name: str


# Second levels below which a country sells its names, as Matomo's list reads `{}`.
_SECOND_LEVELS = frozenset({"co", "com", "org", "net", "it", "edu", "ac", "ne", "or"})


# What engines call it that the list has no word on.
_TERMS = ("q", "query", "p", "text", "wd", "kw", "keyword", "keywords", "searchfor")


@lru_cache(maxsize=2048)
def site_of(host: str) -> Site | None:
    """Find the site of a host, or of an Android app's package."""
    exact, inherited = _hosts()
    host = host.lower().removeprefix("www.")
    for spelling in _spellings(host):
        if found := exact.get(spelling):
            return found
    parent = host
    while "." in (parent := parent.partition(".")[2]):
        for spelling in _spellings(parent):
            if found := inherited.get(spelling):
                return found
    # Providers have dozens of them, webmail1a to webmail9z.
    return Site("email", "Webmail") if host.startswith("webmail") else None


@lru_cache(maxsize=2048)
def site_named(source: str) -> Site | None:
    """Find the site that a campaign calls its source: a name such as `google`, or a host."""
    source = source.strip().lower()
    return _names().get(source) or (site_of(source) if "." in source else None)


def terms_of(name: str) -> tuple[str, ...]:
    """Return the query fields in which an engine passes on what was sought."""
    return (*known("referrers")["terms"].get(name, ()), *_TERMS)


def _spellings(host: str) -> Iterator[str]:
    yield host
    labels = host.split(".")
    if len(labels) > 1 and len(labels[-1]) <= 3:
        yield ".".join(labels[:-1]) + ".*"
    if len(labels) > 2 and len(labels[-1]) == 2 and labels[-2] in _SECOND_LEVELS:
        yield ".".join(labels[:-2]) + ".*"


def _listed() -> Iterator[tuple[Site, str]]:
    # Ours last: it is the newer word about a host.
    for hosts in (known("referrers")["hosts"], known("own_referrers")):
        for kind, names in hosts.items():
            for name, spellings in names.items():
                yield from ((Site(kind, name), spelling) for spelling in spellings)


@cache
def _hosts() -> tuple[dict[str, Site], dict[str, Site]]:
    exact: dict[str, Site] = {}
    inherited: dict[str, Site] = {}
    for site, spelling in _listed():
        host = spelling.lstrip(".")
        exact[host] = site
        inherited.pop(host, None)
        if site.kind != "search" or spelling != host:
            inherited[host] = site
    return exact, inherited


# What campaigns write for a name.
_ALSO = {
    "fb": "facebook", "ig": "instagram", "insta": "instagram", "x": "twitter", "yt": "youtube",
    "li": "linkedin", "tt": "tiktok", "meta": "facebook", "facebook_ads": "facebook",
    "google_ads": "google", "googleads": "google", "adwords": "google", "bing_ads": "bing",
    "openai": "chatgpt", "vk": "vkontakte", "wechat_moments": "wechat",
}  # fmt: skip


@cache
def _names() -> dict[str, Site]:
    names = {site.name.lower(): site for site, _ in _listed() if site.kind not in _NOT_SOURCES}
    return names | {other: names[name] for other, name in _ALSO.items()}


_NOT_SOURCES = frozenset({"advertising", "other", "email"})
