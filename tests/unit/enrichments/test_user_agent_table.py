"""Six hundred real user agents, as Matomo's testers named them, and what we say of them.

Two classifiers have two vocabularies: `_BROWSERS` and `_SYSTEMS` put Matomo's words into ua-parser's. What
is left are the cases in which they differ; the shares below are measured, and may only rise.
"""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from headwater.enrichments.bots import verdict
from headwater.enrichments.user_agent import classified, user_agent

from tests.examples import a_received, a_stored_track, enriched_by

Row = Mapping[str, str]

_FIXTURES = Path("tests/fixtures/enrichments")
_ROWS: tuple[Row, ...] = tuple(
    map(json.loads, (_FIXTURES / "user_agents.jsonl").read_text("utf-8").splitlines())
)

_BROWSERS = {
    "Android Browser": {"Android"},
    "Baidu Box App": {"Baidu Box App", "baidubrowser", "Baidu"},
    "Chrome Webview": {"Chrome Mobile WebView"},
    "DuckDuckGo Privacy Browser": {"DuckDuckGo", "DuckDuckGo Mobile"},
    "Whale Browser": {"Whale"},
    "Firefox Mobile iOS": {"Firefox iOS"},
    "Google Search App": {"Google"},
    "Huawei Browser Mobile": {"Huawei Browser"},
    "Internet Explorer": {"IE"},
    "Line": {"LINE"},
    "Microsoft Edge": {"Edge", "Edge Mobile"},
    "Mi Browser": {"MiuiBrowser"},
    "Mobile Silk": {"Amazon Silk"},
    "Puffin Web Browser": {"Puffin"},
    "QQ Browser": {"QQ Browser", "QQ Browser Mobile"},
    "Mobile Safari": {"Mobile Safari", "Mobile Safari UI/WKWebView", "Safari"},
    "Samsung Browser": {"Samsung Internet"},
}
_SYSTEMS = {
    "GNU/Linux": {"Linux"},
    "Mac": {"Mac OS X"},
    "iPadOS": {"iOS", "Mac OS X"},
    "Fire OS": {"Android"},
    "webOS": {"Web0S", "webOS"},
    "tvOS": {"ATV OS X", "tvOS"},
    "watchOS": {"WatchOS"},
    "Android TV": {"Android"},
    "Wear OS": {"Android"},
    "HarmonyOS": {"Android", "HarmonyOS"},
    "Lineage OS": {"Android"},
    "Windows Phone": {"Windows Phone"},
    "Windows Mobile": {"Windows Mobile", "Windows"},
    "Windows RT": {"Windows"},
    "Chrome OS": {"Chrome OS", "Android"},
    "Java ME": {"Other"},
    "Brew": {"BREW"},
    "Windows CE": {"Windows CE", "Windows"},
    "Meta Horizon": {"Android"},
}
_KINDS = {
    "desktop": {"desktop"},
    "smartphone": {"mobile"},
    "feature phone": {"mobile"},
    "phablet": {"mobile", "tablet"},
    "tablet": {"tablet"},
    "tv": {"tv"},
}


def of(group: str) -> Iterator[Row]:
    return (row for row in _ROWS if row["group"] == group)


def agreed(rows: list[Row], mine: str, theirs: str, words: Mapping[str, set[str]]) -> float:
    said = [(row, classified(row["userAgent"])) for row in rows if theirs in row]
    right = [
        found for row, found in said if found.get(mine) in words.get(row[theirs], {row[theirs]})
    ]
    return len(right) / len(said)


def test_the_table_is_wide() -> None:
    groups = {group: len(list(of(group))) for group in ("browser", "app", "tv", "bot", "console")}

    assert len(_ROWS) >= 600
    assert groups["browser"] >= 250
    assert groups["bot"] >= 150
    assert groups["app"] >= 70
    assert groups["tv"] >= 40


@pytest.mark.parametrize(
    ("group", "mine", "theirs", "words", "share"),
    [
        ("browser", "browser", "client", _BROWSERS, 0.9),
        ("browser", "os", "os", _SYSTEMS, 0.95),
        ("browser", "kind", "device", _KINDS, 0.8),
        ("app", "browser", "client", _BROWSERS, 0.9),
        ("app", "os", "os", _SYSTEMS, 0.95),
        # Half of Matomo's televisions are known to it by their model alone.
        ("tv", "kind", "device", _KINDS, 0.5),
    ],
)
def test_we_say_of_real_ones_what_matomo_says(
    group: str, mine: str, theirs: str, words: Mapping[str, set[str]], share: float
) -> None:
    assert agreed(list(of(group)), mine, theirs, words) >= share


def test_bots_are_found() -> None:
    bots = list(of("bot"))
    found = [row for row in bots if verdict(row["userAgent"])]

    assert len(found) / len(bots) >= 0.8


def test_people_are_no_bots() -> None:
    people = [row for row in _ROWS if row["group"] != "bot"]

    assert sum(verdict(row["userAgent"]) is not None for row in people) / len(people) < 0.005


def test_no_real_one_makes_the_step_fail() -> None:
    for row in _ROWS:
        event = enriched_by(
            user_agent, a_stored_track(context={"userAgent": row["userAgent"]}), a_received()
        )
        assert event.enrichment["userAgent"]["kind"]
