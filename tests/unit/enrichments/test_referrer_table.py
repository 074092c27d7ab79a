"""Two hundred referrers, as others name them, and what we say of them."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from headwater.enrichments.page import page
from headwater.enrichments.referrer import referrer
from headwater.enrichments.referrer_list import site_named, site_of

from tests.examples import a_received, a_stored_track, enriched_by

_ROWS: list[Mapping[str, Any]] = [
    json.loads(line)
    for line in Path("tests/fixtures/enrichments/referrers.jsonl").read_text("utf-8").splitlines()
]


def found(address: str | None, own: frozenset[str] = frozenset(), **overrides: Any) -> Any:
    context = {"page": {"url": "https://www.shop.example/a", "referrer": address}}
    received = a_received(own_hosts=own)
    event = enriched_by(page, a_stored_track(context=context, **overrides), received)
    return enriched_by(referrer, event, received).enrichment.get("referrer")


def test_the_table_is_wide() -> None:
    assert len(_ROWS) >= 170
    assert {row["kind"] for row in _ROWS} >= {
        "search", "social", "email", "video", "ai", "shopping", "advertising", "news", "other",
    }  # fmt: skip


@pytest.mark.parametrize("row", _ROWS, ids=lambda row: str(row["url"])[:60])
def test_a_referrer_is_whose_others_say_it_is(row: Mapping[str, Any]) -> None:
    said = found(row["url"])

    assert said["kind"] == row["kind"]
    assert said.get("name") == row.get("name", said.get("name"))
    assert said.get("term") == row.get("term")


def test_a_sites_own_pages_are_internal() -> None:
    own = frozenset({"shop.example", "help.example"})

    assert found("https://shop.example/b?x=1") == {
        "url": "https://shop.example/b",
        "host": "shop.example",
        "kind": "internal",
    }
    assert found("https://eu.help.example/", own)["kind"] == "internal"
    assert found("https://nothelp.example/", own)["kind"] == "other"
    assert found("https://help.example.evil.example/", own)["kind"] == "other"


@pytest.mark.parametrize("none", [None, "", "$direct", "about:blank", "android-app://", 5])
def test_a_visit_from_nowhere_is_direct(none: Any) -> None:
    assert found(none) == {"kind": "direct"}


def test_who_is_on_no_page_came_from_nowhere_in_particular() -> None:
    event = enriched_by(referrer, a_stored_track(context={}), a_received())

    assert "referrer" not in event.enrichment


def test_what_was_sought_is_bounded_and_nothing_else_of_the_query_is_kept() -> None:
    said = found("https://www.google.com/search?q=" + "x" * 5_000 + "&token=secret")

    assert said["term"] == "x" * 200
    assert said["url"] == "https://www.google.com/search"


def test_a_source_is_a_name_or_a_host() -> None:
    assert site_named("Google") == site_of("www.google.fr")
    assert site_named(" fb ") == site_of("m.facebook.com")
    assert site_named("newsletter") is None
