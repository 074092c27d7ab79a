"""Browser, system and device, as the library would say it."""

import time
from typing import Any

import pytest
import user_agents
from headwater.enrichments.device_kind import device_kind
from headwater.enrichments.in_app import app_of
from headwater.enrichments.user_agent import MAX_BYTES, classified, user_agent
from headwater.record import SourceReference, StoredEvent
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.examples import a_received, a_stored_track, enriched_by

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
    found = {
        "browser": app_of(named) or agent.browser.family,
        "browserVersion": agent.browser.version_string,
        "os": agent.os.family,
        "osVersion": agent.os.version_string,
        "device": agent.device.family,
        "kind": device_kind(agent),
    }
    return {name: value for name, value in found.items() if value}


@pytest.mark.parametrize(("named", "said"), _KNOWN.items())
def test_what_is_said_of_the_common_ones(named: str, said: tuple[str, ...]) -> None:
    found = classified(named)

    assert tuple(found[name] for name in ("browser", "os", "device", "kind")) == said


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
    return enriched_by(user_agent, event, a_received(headers=headers))


def test_the_clients_own_word_wins_over_the_connections() -> None:
    event = enriched(a_stored_track(context={"userAgent": "curl/8.5.0"}), "Mozilla/5.0")

    assert event.context == {"userAgent": "curl/8.5.0"}
    assert event.enrichment["userAgent"]["browser"] == "curl"


def test_a_browser_that_names_itself_only_in_its_header_is_named() -> None:
    event = enriched(a_stored_track(context={}), "curl/8.5.0" + "é" * MAX_BYTES)

    assert event.context["userAgent"].startswith("curl/8.5.0é")
    assert len(event.context["userAgent"].encode()) <= MAX_BYTES
    assert event.enrichment["userAgent"]["browser"] == "curl"


_CHROME = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/142.0.0.0 Safari/537.36"
)


def hinted(named: str | None, data: object = None, **headers: str) -> Any:
    context = {"userAgent": named, "userAgentData": data}
    received = a_received(headers={name.replace("_", "-"): said for name, said in headers.items()})
    event = enriched_by(user_agent, a_stored_track(context=context), received)
    return event.enrichment.get("userAgent")


def test_hints_say_what_a_frozen_user_agent_does_not() -> None:
    brands = [
        {"brand": "Not(A:Brand", "version": "8"},
        {"brand": "Chromium", "version": "142"},
        {"brand": "Brave", "version": "142"},
    ]
    data = {"brands": brands, "mobile": False, "platform": "Windows", "platformVersion": "15.0.0"}

    found = hinted(_CHROME, data)

    assert (found["browser"], found["browserVersion"]) == ("Brave", "142")
    assert (found["os"], found["osVersion"], found["kind"]) == ("Windows", "11", "desktop")


@pytest.mark.parametrize(
    ("version", "system"),
    {
        "0.1.0": "7",
        "0.2.0": "8",
        "0.3.0": "8.1",
        "1.0.0": "10",
        "10.0.0": "10",
        "12.9.9": "10",
        "13.0.0": "11",
        "19.0.0": "11",
        "": "10",
        "99999.0": "10",
    }.items(),
)
def test_windows_is_told_by_its_platform_version(version: str, system: str) -> None:
    found = hinted(_CHROME, {"platform": "Windows", "platformVersion": version})

    assert found["osVersion"] == system


@pytest.mark.parametrize(
    "grease",
    ["Not(A:Brand", "Not_A Brand", " Not;A Brand", "Not A(Brand", "Not.A/Brand", "(((", ""],
)
def test_a_made_up_brand_is_no_browser(grease: str) -> None:
    brands = [{"brand": "Google Chrome", "version": "142"}, {"brand": grease, "version": "99"}]

    assert hinted(_CHROME, {"brands": brands})["browser"] == "Chrome"


def test_the_connections_hints_do_where_the_page_sent_none() -> None:
    found = hinted(
        "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) "
        "Chrome/142.0.0.0 Mobile Safari/537.36",
        sec_ch_ua='"Chromium";v="142", "Google Chrome";v="142", "Not_A Brand";v="99"',
        sec_ch_ua_platform='"Android"',
        sec_ch_ua_platform_version='"15.0.0"',
        sec_ch_ua_model='"Pixel 9"',
        sec_ch_ua_mobile="?1",
    )

    assert found == {
        "browser": "Chrome Mobile",
        "browserVersion": "142",
        "os": "Android",
        "osVersion": "15",
        "device": "Pixel 9",
        "kind": "mobile",
    }


def test_hints_alone_are_enough_and_a_servers_headers_are_nobodys() -> None:
    assert hinted(None, {"platform": "macOS", "brands": []})["os"] == "Mac OS X"
    server = a_stored_track(context={}, source=SourceReference("server", "server"))
    received = a_received(headers={"sec-ch-ua-platform": '"Linux"'})
    assert "userAgent" not in enriched_by(user_agent, server, received).enrichment


@pytest.mark.parametrize(
    "data",
    [
        5,
        [],
        "x",
        {},
        {"brands": 5},
        {"brands": [5, None, {"brand": 1}]},
        {"mobile": "yes"},
        {"platform": ["Windows"], "platformVersion": {"a": 1}, "model": 7},
    ],
)
def test_hints_of_another_shape_hint_at_nothing(data: object) -> None:
    assert hinted(_CHROME, data) == classified(_CHROME)


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
