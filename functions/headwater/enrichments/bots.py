"""Whether a person did it, or a program: crawlers, monitors, headless browsers, prefetching.

Known programs are in `known/crawlers.json`; `_TELLS` are the words by which the unknown ones give
themselves away, and ua-parser's Spider families come after. Flagged unless the workspace drops them:
a list is wrong at times, and what was dropped cannot be asked again. A server's calls are its users'
own, so its library is no bot, and they are never dropped.
"""

import re
from collections.abc import Mapping
from functools import cache, lru_cache
from typing import NamedTuple

from headwater.enrichments.finding import Changes, found, text_at
from headwater.enrichments.known import known
from headwater.enrichments.user_agent import classified, cut
from headwater.outcomes import Dropped, DropReason
from headwater.record import StoredEvent
from headwater.wire.request import Received

# A page that is loaded before anybody asks for it, in the names of today and of Safari and Firefox
# before: https://fetch.spec.whatwg.org/#sec-purpose-header (section 3.3.4), read 2026-11-27.
_PURPOSES = ("sec-purpose", "purpose", "x-purpose", "x-moz")
_AHEAD = ("prefetch", "prerender", "preview")

# Cubot makes phones, and others have models called "Bot 8".
_TELLS = re.compile(
    r"(?i)(?<=[a-z])(?<!cu)bot(?![a-z])|\bbot/|crawl|spider(?! \d)|\+https?://|compatible; http|"
    r"@[a-z]+\.[a-z]|health.?check|monitor|uptime|watch/|probe|synthetics|diagnostic|lighthouse|"
    r"page ?speed|headless|phantomjs|selenium|puppeteer|playwright|webdriver|cypress|scrap(?:er|y)|"
    r"fetcher|validator|checker|indexer|archiv|preview|\bscan|analy[sz]er|imageproxy|external(?:hit|ua)|"
    r"like gecko; google|google[ -](?:ads|adwords|assess|publisher|search|shopping|hotelads|youtube|amphtml)"
)
_AUTOMATED = re.compile(
    r"(?i)headless|phantomjs|selenium|puppeteer|playwright|webdriver|cypress|lighthouse"
)
_LIBRARY = "http-library"
_MAX_CHARACTERS = 60


class Verdict(NamedTuple):
    """A bot's name as it gives it, and its kind: the crawlers' list's own, or `other`."""

    name: str
    kind: str


def bots(event: StoredEvent, received: Received) -> Changes | Dropped:
    """Find `is`, and for a bot its `name` and `kind`; drop it where the workspace says so.

    `kind`: search-engine, ai-crawler, seo, monitoring, scanner, advertising, social-preview,
    feed-reader, archiver, academic, http-library, browser-automation, prefetch or other.
    """
    claimed = text_at(event.context, "userAgent")
    if event.source.kind == "server":
        return _said(_unless_library(verdict(cut(claimed)))) if claimed else {}
    return received.once(_of_browser, claimed)


def _of_browser(received: Received, claimed: str | None) -> Changes | Dropped:
    judged = _ahead(received.headers) or _by_header(received)
    if judged is None and claimed:
        judged = verdict(cut(claimed))
    if judged and received.policy.bots == "drop":
        return Dropped(DropReason.BOT)
    return _said(judged) if judged or claimed or received.user_agent else {}


@lru_cache(maxsize=2048)
def verdict(named: str) -> Verdict | None:
    """Judge a user agent; None for what looks like somebody's browser or app."""
    literals, patterns, kinds = _crawlers()
    for literal, kind in literals.items():
        if literal in named:
            return Verdict(_tidy(literal), kind)
    if match := patterns.search(named):
        return Verdict(_tidy(match.group()), kinds[(match.lastindex or 0) - 1])
    if tell := _TELLS.search(named):
        kind = "browser-automation" if _AUTOMATED.search(named) else "other"
        return Verdict(_tidy(_word_around(named, tell)), kind)
    families = classified(named)
    return Verdict(families["browser"], "other") if families["kind"] == "bot" else None


def _ahead(headers: Mapping[str, str]) -> Verdict | None:
    for name in _PURPOSES:
        said = headers.get(name)
        if said and said.lower().startswith(_AHEAD):
            return Verdict("prerender" if "prerender" in said.lower() else "prefetch", "prefetch")
    return None


def _by_header(received: Received) -> Verdict | None:
    # A headless Chrome may wear another's user agent and still name itself among its brands.
    if "HeadlessChrome" in received.headers.get("sec-ch-ua", ""):
        return Verdict("HeadlessChrome", "browser-automation")
    return verdict(cut(received.user_agent)) if received.user_agent else None


def _unless_library(judged: Verdict | None) -> Verdict | None:
    return None if judged and judged.kind == _LIBRARY else judged


def _said(judged: Verdict | None) -> Changes:
    if judged is None:
        return found("bot", {"is": False})
    return found("bot", {"is": True, "name": judged.name, "kind": judged.kind})


def _tidy(name: str) -> str:
    return name.strip(" /;:()+_-")[:_MAX_CHARACTERS] or name[:_MAX_CHARACTERS]


def _word_around(named: str, tell: re.Match[str]) -> str:
    start = max(named.rfind(edge, 0, tell.start()) for edge in " ;(,+/") + 1
    return re.split(r"[ ;),/]", named[start:], maxsplit=1)[0]


@cache
def _crawlers() -> tuple[Mapping[str, str], re.Pattern[str], tuple[str, ...]]:
    """Read the list: most names are looked for as they stand, the rest is one pattern."""
    listed = known("crawlers")
    patterns: Mapping[str, str] = listed["patterns"]
    one = re.compile("|".join(f"({pattern})" for pattern in patterns))
    return listed["literals"], one, tuple(patterns.values())
