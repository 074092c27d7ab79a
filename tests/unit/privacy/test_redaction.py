"""What is stored nowhere."""

from typing import Any

import pytest
from headwater.privacy.addresses import cut
from headwater.privacy.decision import Decision
from headwater.privacy.redaction import Redaction, of_decision
from headwater.workspace import PrivacyPolicy


def policy(template: str = "us", **changes: Any) -> PrivacyPolicy:
    return PrivacyPolicy.model_validate({"template": template, **changes})


def kept(item: Any, *, no_share: bool = False, cookieless: bool = False, **changes: Any) -> Any:
    return Redaction(policy(**changes), no_share, cookieless).of(item)


def test_keys_and_tokens_are_taken_from_events_and_from_batches_within_them() -> None:
    item = {"writeKey": "k", "context": {"userToken": "t", "a": 1}, "batch": [{"writeKey": "k"}]}

    assert kept(item) == {"context": {"a": 1}, "batch": [{}]}
    assert kept(5) == 5


@pytest.mark.parametrize(
    "name", ["password", "Pass-Word", "card_number", "cardNumber", "CVV", "access_token", "api key"]
)
def test_a_field_of_a_secrets_name_is_redacted_wherever_it_is(name: str) -> None:
    item = {
        "properties": {name: "s3cret", "deep": [{"deeper": {name: {"s3cret": 1}}}], "size": 42},
        "traits": {name: "s3cret"},
        "context": {"traits": {name: "s3cret"}},
    }

    assert "s3cret" not in str(kept(item))
    assert kept(item)["properties"]["size"] == 42


def test_a_site_owners_own_names_are_redacted_too() -> None:
    item = {"traits": {"Loyalty-Number": 7, "plan": "pro"}}

    assert kept(item, denied_keys=["loyaltyNumber"]) == {
        "traits": {"Loyalty-Number": "[redacted]", "plan": "pro"}
    }


def test_an_address_loses_secrets_always_and_click_ids_where_nothing_is_shared() -> None:
    url = "https://shop.example/a?utm_source=n&email=a%40b.example&gclid=1&FBCLID=2&q=tea&Token=x#part"
    item = {"context": {"page": {"url": url, "search": "?gclid=1&q=tea", "referrer": url}}}

    everything = kept(item)["context"]["page"]
    unshared = kept(item, no_share=True)["context"]["page"]
    campaign = kept(item, query="campaign")["context"]["page"]

    stem = "https://shop.example/a?utm_source=n"
    assert everything["url"] == f"{stem}&gclid=1&FBCLID=2&q=tea#part" == everything["referrer"]
    assert unshared == {
        "url": f"{stem}&q=tea#part",
        "search": "?q=tea",
        "referrer": f"{stem}&q=tea#part",
    }
    assert campaign["url"] == f"{stem}&gclid=1&FBCLID=2"
    assert kept(item, no_share=True, query="campaign")["context"]["page"]["search"] == ""


def test_a_page_calls_own_properties_hold_addresses_too() -> None:
    item = {"type": "page", "properties": {"url": "/a?gclid=1", "search": "?gclid=1", "gclid": "1"}}

    assert kept(item, no_share=True)["properties"] == {"url": "/a", "search": ""}


def test_advertising_ids_go_where_nothing_is_shared() -> None:
    context = {"clientIds": {"fbp": "x"}, "device": {"advertisingId": "x", "model": "P"}}

    assert kept({"context": context}) == {"context": context}
    assert kept({"context": context}, no_share=True) == {"context": {"device": {"model": "P"}}}


def test_a_cookieless_event_carries_no_id_of_a_client_anywhere() -> None:
    item = {
        "type": "track", "event": "E", "messageId": "m", "anonymousId": "ID", "userId": "ID",
        "previousId": "ID", "groupId": "ID", "rudderId": "ID", "traits": {"email": "ID"},
        "properties": {"size": 1, "url": "https://s.example/?ajs_uid=ID&utm_source=n#ID"},
        "context": {
            "traits": {"email": "ID"}, "ip": "ID", "device": {"id": "ID"}, "sessionId": "ID",
            "clientIds": {"ga4": "ID"}, "externalIds": [{"id": "ID"}], "groupId": "ID",
            "page": {"url": "https://s.example/a?ID=ID", "title": "T"}, "locale": "en",
        },
    }  # fmt: skip

    stored = kept(item, no_share=True, cookieless=True)

    assert "ID" not in str(stored).replace("messageId", "")
    assert stored["properties"] == {"size": 1, "url": "https://s.example/?utm_source=n"}
    assert stored["context"] == {
        "page": {"url": "https://s.example/a", "title": "T"},
        "locale": "en",
    }


@pytest.mark.parametrize(
    ("template", "address", "stored"),
    [
        ("us", "203.0.113.66", "203.0.113.66"),
        ("off", "203.0.113.66", "203.0.113.66"),
        ("uk", "203.0.113.66", "203.0.113.0"),
        ("uk", "2001:db8:1:2::3", "2001:db8:1::"),
        ("uk", "nonsense", None),
        ("eu", "203.0.113.66", None),
        ("eu", "0.0.0.0", "0.0.0.0"),
    ],
)
def test_an_address_is_kept_as_far_as_the_policy_says(
    template: str, address: str, stored: str | None
) -> None:
    context = Redaction(policy(template)).of({"context": {"ip": address}})["context"]

    assert context == ({} if stored is None else {"ip": stored})


@pytest.mark.parametrize("address", ["", "?", "#", "a?b", "?&&=&%", "a#b?c", "http://[::1"])
def test_any_text_is_an_address_to_cut(address: str) -> None:
    assert cut(address, lambda _: True, fragment=True).rstrip("?") == address.rstrip("?")
    assert "b" not in cut(address, lambda _: False, fragment=False)


def test_a_policys_redaction_is_its_own_though_another_policy_came_and_went() -> None:
    item = {"traits": {"plan": "pro", "gclid": "1"}}
    for denied in ("plan", "gclid") * 50:
        # More than are remembered, so that one may come to stand where another stood in memory.
        stored = of_decision(policy(denied_keys=[denied]), Decision()).of(item)
        assert stored == {"traits": {**item["traits"], denied: "[redacted]"}}
    unshared = of_decision(policy(), Decision("no-share")).of(item)
    assert unshared == {"traits": {"plan": "pro"}}


def test_names_by_the_thousand_are_judged_and_not_all_remembered() -> None:
    redaction = Redaction(policy())
    names = [f"name{number}" for number in range(10_000)]

    stored = redaction.of({"traits": dict.fromkeys(["password", *names, "Pass-Word"], "x")})

    assert stored["traits"].pop("password") == stored["traits"].pop("Pass-Word") == "[redacted]"
    assert stored["traits"] == dict.fromkeys(names, "x")
    assert len(redaction._becomes) <= 4_096
