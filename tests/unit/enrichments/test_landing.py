"""The page, where the visitor came from, the campaign and the click."""

from collections.abc import Mapping
from typing import Any

import pytest
from headwater.enrichments.campaign import campaign
from headwater.enrichments.click_ids import click_ids
from headwater.enrichments.page import page
from headwater.enrichments.referrer import referrer
from headwater.workspace import EnrichmentPolicy

from tests.examples import a_received, a_stored_track, enriched_by

_URL = "https://shop.example:8443/pricing?utm_source=news&utm_campaign=spring+sale&gclid=x#top"


_KEPT = "https://shop.example:8443/pricing?utm_source=news&utm_campaign=spring+sale"


def of(step: Any, context: Mapping[str, Any], **overrides: Any) -> Any:
    event = a_stored_track(context=context, **overrides)
    (finding,) = enriched_by(step, event, a_received()).enrichment.values() or (None,)
    return finding


def nothing(step: Any, context: Any, **overrides: Any) -> bool:
    return not enriched_by(
        step, a_stored_track(context=context, **overrides), a_received()
    ).enrichment


def test_the_page_is_its_address_host_path_and_title() -> None:
    assert of(page, {"page": {"url": _URL, "title": "Pricing", "search": "?x"}}) == {
        "url": _KEPT,
        "host": "shop.example",
        "path": "/pricing",
        "title": "Pricing",
    }
    assert of(page, {"page": {"url": _URL, "path": "/own"}})["path"] == "/own"


def test_a_page_call_may_say_it_in_its_properties() -> None:
    properties = {"url": "https://shop.example/a", "referrer": "https://search.example/"}

    assert of(page, {}, type="page", properties=properties)["host"] == "shop.example"
    assert of(referrer, {}, type="page", properties=properties)["host"] == "search.example"
    assert nothing(page, {}, type="track", properties=properties)
    assert nothing(referrer, {}, type="track", properties=properties)


def test_the_referrer_is_its_address_and_host() -> None:
    finding = {"url": "https://search.example/q", "host": "search.example", "kind": "other"}

    assert of(referrer, {"page": {"referrer": "https://search.example/q?a"}}) == finding
    assert of(referrer, {"referrer": {"url": "https://search.example/q?a"}}) == finding


@pytest.mark.parametrize("address", ["", "$direct", "about:client", "https://", "http://[", "/a"])
def test_no_address_is_no_referrer(address: str) -> None:
    assert nothing(referrer, {"page": {"referrer": address}})


def test_a_clients_campaign_wins_over_the_address_and_is_cut_to_the_known_names() -> None:
    context = {
        "campaign": {"name": "own", "source": "mail", "custom": "x", "medium": 5},
        "page": {"url": _URL},
    }

    assert of(campaign, context) == {"source": "mail", "name": "own"}


def test_a_campaign_is_read_from_the_query_where_the_client_does_not_say() -> None:
    expected = {"source": "news", "name": "spring sale"}

    assert of(campaign, {"page": {"url": _URL}}) == expected
    assert of(campaign, {"page": {"search": "?utm_source=news&utm_campaign=spring%20sale"}}) == (
        expected
    )
    assert of(campaign, {"campaign": {}, "page": {"url": _URL}}) == expected


def kept(address: str, *fields: str) -> object:
    policy = EnrichmentPolicy(page_query=fields)
    event = enriched_by(
        page, a_stored_track(context={"page": {"url": address}}), a_received(policy=policy)
    )
    return event.enrichment["page"]["url"]


def test_of_the_query_only_the_campaign_and_what_the_workspace_lists_is_kept() -> None:
    address = "https://shop.example/s?q=tea&email=a%40b.example&utm_source=x&Q=1#access_token=t"

    assert kept(address) == "https://shop.example/s?utm_source=x"
    assert kept(address, "q") == "https://shop.example/s?q=tea&utm_source=x"
    assert kept(address, "*") == address.partition("#")[0]
    assert kept("https://u:p@shop.example/?%71=1&q", "q") == "https://shop.example/?%71=1&q"
    assert kept("app://home?token=1#x") == "app://home"
    assert len(str(kept("https://shop.example/" + "x" * 9_000))) == 2048


def test_two_hundred_campaign_keys_are_six() -> None:
    search = "?" + "&".join(f"utm_k{n}=v" for n in range(190)) + "&utm_source=s"

    assert of(campaign, {"page": {"search": search}}) == {"source": "s"}


def test_click_ids_have_the_vendors_names_and_a_bound() -> None:
    assert of(click_ids, {"page": {"search": "?gclid=a%20b&fbclid=" + "x" * 600 + "&q=1"}}) == {
        "gclid": "a b",
        "fbclid": "x" * 512,
    }
    assert nothing(click_ids, {"page": {"search": "?q=gclid"}})


@pytest.mark.parametrize("step", [page, referrer, campaign, click_ids])
@pytest.mark.parametrize(
    "context",
    [
        {},
        {"page": None},
        {"page": True},
        {"page": "https://shop.example"},
        {"page": {"url": [None], "search": {"a": 1}, "referrer": 5, "title": []}},
        {"campaign": "spring"},
        {"campaign": {"name": {"a": 1}}},
        {"referrer": ["https://x.example"]},
    ],
)
def test_a_context_of_another_shape_finds_nothing(step: Any, context: Any) -> None:
    assert nothing(step, context)
