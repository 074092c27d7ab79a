"""Programs and people."""

import json
from typing import Any

import pytest
from headwater.enrichments.bots import bots, verdict
from headwater.enrichments.known import known
from headwater.outcomes import Dropped, DropReason
from headwater.record import SourceReference
from headwater.workspace import EnrichmentPolicy

from local.known_lists import crawlers_of
from tests.examples import a_received, a_stored_track, enriched_by

_CHROME = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/142.0.0.0 Safari/537.36"
)
_SERVER = SourceReference("server", "server")


def judged(context: Any = None, policy: str = "flag", **overrides: Any) -> Any:
    headers = overrides.pop("headers", {"user-agent": _CHROME})
    received = a_received(headers=headers, policy=EnrichmentPolicy.model_validate({"bots": policy}))
    event = a_stored_track(context=context or {}, **overrides)
    if isinstance(ended := bots(event, received), Dropped):
        return ended
    return enriched_by(bots, event, received).enrichment.get("bot")


def test_a_browser_is_nobody_but_a_person() -> None:
    assert judged() == {"is": False}
    assert judged({"userAgent": _CHROME}) == {"is": False}


@pytest.mark.parametrize(
    ("named", "name", "kind"),
    [
        ("Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)", "Googlebot", "search-engine"),
        ("Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; GPTBot/1.2)", "GPTBot", "ai-crawler"),
        ("Mozilla/5.0 (compatible; ClaudeBot/1.0; +claudebot@anthropic.com)", "ClaudeBot", "ai-crawler"),
        ("Mozilla/5.0 (X11; Linux x86_64) HeadlessChrome/120.0.0.0 Safari/537.36", "HeadlessChrome", "browser-automation"),
        ("Mozilla/5.0+(compatible; UptimeRobot/2.0; http://www.uptimerobot.com/)", "UptimeRobot", "monitoring"),
        ("curl/8.5.0", "curl", "http-library"),
        ("python-requests/2.32.3", "python-requests", "http-library"),
        ("SomethingNewBot/0.1 (+https://new.example/bot)", "SomethingNewBot", "other"),
        ("Mozilla/5.0 Chrome-Lighthouse", "Chrome-Lighthouse", "monitoring"),
    ],
)  # fmt: skip
def test_a_program_has_its_name_and_kind(named: str, name: str, kind: str) -> None:
    assert judged(headers={"user-agent": named}) == {"is": True, "name": name, "kind": kind}


@pytest.mark.parametrize("named", ["okhttp/4.12.0", "Shop/3.1 CFNetwork/1498 Darwin/23.6.0"])
def test_an_app_is_no_bot(named: str) -> None:
    assert judged(headers={"user-agent": named}) == {"is": False}


@pytest.mark.parametrize(
    ("header", "said", "name"),
    [
        ("sec-purpose", "prefetch", "prefetch"),
        ("sec-purpose", "prefetch;prerender", "prerender"),
        ("purpose", "Prefetch", "prefetch"),
        ("x-moz", "prefetch", "prefetch"),
        ("x-purpose", "preview", "prefetch"),
    ],
)
def test_a_page_loaded_ahead_has_no_visitor_yet(header: str, said: str, name: str) -> None:
    found = judged(headers={"user-agent": _CHROME, header: said})

    assert found == {"is": True, "name": name, "kind": "prefetch"}


def test_a_headless_browser_in_disguise_is_known_by_its_brands() -> None:
    headers = {"user-agent": _CHROME, "sec-ch-ua": '"HeadlessChrome";v="120", "Chromium";v="120"'}

    assert judged(headers=headers)["name"] == "HeadlessChrome"


def test_a_bot_is_dropped_where_the_workspace_says_so_and_a_person_never() -> None:
    assert judged(policy="drop", headers={"user-agent": "curl/8"}) == Dropped(DropReason.BOT)
    assert judged({"userAgent": "Googlebot/2.1"}, policy="drop") == Dropped(DropReason.BOT)
    assert judged(policy="drop") == {"is": False}


def test_a_server_is_judged_by_what_it_says_of_its_user_and_never_dropped() -> None:
    library = {"user-agent": "python-requests/2.32.3"}

    assert judged(headers=library, source=_SERVER, policy="drop") is None
    assert judged({"userAgent": "curl/8"}, headers=library, source=_SERVER) == {"is": False}
    assert judged({"userAgent": "Googlebot/2.1"}, "drop", headers=library, source=_SERVER) == {
        "is": True,
        "name": "Googlebot",
        "kind": "search-engine",
    }


def test_the_list_is_read_as_it_was_written() -> None:
    listed = known("crawlers")

    assert len(listed["literals"]) > 1_000
    assert set(listed["literals"].values()) | set(listed["patterns"].values()) <= {
        "search-engine", "ai-crawler", "seo", "monitoring", "scanner", "advertising", "archiver",
        "social-preview", "feed-reader", "academic", "http-library", "browser-automation",
    }  # fmt: skip
    assert verdict("Seekbot/1.0") is not None


def test_patterns_and_plain_names_are_told_apart() -> None:
    listed = json.loads(
        r'[{"pattern": "A\\.b\\/", "tags": ["seo", "x"]}, {"pattern": "^[cC](u)rl", "tags": ["seo"]},'
        r' {"pattern": "okhttp", "tags": ["http-library"]}]'
    )

    parted = crawlers_of(listed)

    assert parted["literals"] == {"A.b/": "seo"}
    assert parted["patterns"] == {"^[cC](?:u)rl": "seo"}
