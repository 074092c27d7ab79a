"""Browser, system and device, as the library would say it."""

import time

import pytest
import user_agents
from headwater.enrichments.user_agent import MAX_BYTES, classified, user_agent
from headwater.record import SourceReference, StoredEvent
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.examples import a_received, a_stored_track

_KNOWN = {
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/142.0.0.0 Safari/537.36": ("Chrome", "Windows", "Other", "desktop"),
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Version/18.1 Safari/605.1.15": ("Safari", "Mac OS X", "Mac", "desktop"),
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like "
    "Gecko) Version/18.1 Mobile/15E148 Safari/604.1": ("Mobile Safari", "iOS", "iPhone", "mobile"),
    "Mozilla/5.0 (iPad; CPU OS 17_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Version/17.0 Mobile/15E148 Safari/604.1": ("Mobile Safari", "iOS", "iPad", "tablet"),
    "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/142.0.0.0 Mobile Safari/537.36": ("Chrome Mobile", "Android", "Pixel 8", "mobile"),
    "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0": (
        "Firefox",
        "Linux",
        "Other",
        "desktop",
    ),
    "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)": (
        "Googlebot",
        "Other",
        "Spider",
        "bot",
    ),
    # The only kind that hangs on the system's version.
    "Mozilla/5.0 (compatible; MSIE 10.0; Windows NT 6.2; ARM; Trident/6.0; Touch)": (
        "IE",
        "Windows",
        "Microsoft Surface RT",
        "tablet",
    ),
    "curl/8.5.0": ("curl", "Other", "Other", "other"),
    "analytics-node-next/latest": ("Other", "Other", "Other", "other"),
}


def library(named: str) -> dict[str, str]:
    agent = user_agents.parse(named)
    kinds = (
        ("bot", agent.is_bot),
        ("tablet", agent.is_tablet),
        ("mobile", agent.is_mobile),
        ("desktop", agent.is_pc),
        ("other", True),
    )
    return {
        "browser": agent.browser.family,
        "os": agent.os.family,
        "device": agent.device.family,
        "kind": next(kind for kind, is_it in kinds if is_it),
    }


@pytest.mark.parametrize(("named", "said"), _KNOWN.items())
def test_what_is_said_of_the_common_ones(named: str, said: tuple[str, ...]) -> None:
    assert tuple(classified(named).values()) == said
    assert list(classified(named)) == ["browser", "os", "device", "kind"]


_pieces = st.sampled_from(
    [piece for named in _KNOWN for piece in named.replace(";", " ; ").split(" ")]
    + ["(iPhone;", "Silk/44.1", "Android 4.4.2", "Windows Phone 10.0", "Windows RT", "CrOS"]
    + ["BlackBerry9900", "Opera/9.80", "J2ME/MIDP", "Maemo", "Mobile", "Tablet", "bingbot/2.0"]
    + ["MSIE 7.0", "Kindle/3.0", "PlayStation Vita", "Firefox OS", "SamsungBrowser/23.0", "Edg/142"]
)


@settings(max_examples=50)  # the plain library takes milliseconds for a string it has not seen
@given(st.lists(_pieces, max_size=12).map(" ".join) | st.text(max_size=40))
def test_the_fast_way_says_what_the_library_says(named: str) -> None:
    assert classified(named) == library(named)


def enriched(event: StoredEvent, header: str | None = None) -> StoredEvent:
    headers = {} if header is None else {"user-agent": header}
    return user_agent(event, a_received(headers=headers))


def test_the_clients_own_word_wins_over_the_connections() -> None:
    event = enriched(a_stored_track(context={"userAgent": "curl/8.5.0"}), "Mozilla/5.0")

    assert event.context == {"userAgent": "curl/8.5.0"}
    assert event.enrichment["userAgent"]["browser"] == "curl"


def test_a_browser_that_names_itself_only_in_its_header_is_named() -> None:
    event = enriched(a_stored_track(context={}), "curl/8.5.0" + "é" * MAX_BYTES)

    assert event.context["userAgent"].startswith("curl/8.5.0é")
    assert len(event.context["userAgent"].encode()) <= MAX_BYTES
    assert event.enrichment["userAgent"]["browser"] == "curl"


def test_a_servers_own_client_is_nobodys_browser() -> None:
    event = a_stored_track(context={}, source=SourceReference("server", "server"))

    assert enriched(event, "python-requests/2.32") == event


@pytest.mark.parametrize("odd", [None, "", "  ", 5, ["x"], {"a": 1}])
def test_what_is_no_user_agent_finds_nothing(odd: object) -> None:
    assert "userAgent" not in enriched(a_stored_track(context={"userAgent": odd})).enrichment


def test_a_user_agent_built_to_stall_patterns_costs_nothing() -> None:
    classified("warm")
    hostile = "Mozilla/5.0 (" + "; " * 50_000 + "a" * 50_000

    started = time.process_time()
    enriched(a_stored_track(context={"userAgent": hostile}))

    assert time.process_time() - started < 0.1
