"""A person's choice on the whole way: what is stored and why, which cookies are set, who never hears of it."""

import json
import urllib.error
import urllib.request
from collections.abc import Mapping
from typing import Any
from uuid import uuid4

import pytest

from local.deploy import client
from local.endpoints import Endpoints
from tests.e2e.stack import Stack, eventually
from tests.e2e.test_collector import a_track, basic


def ask(
    endpoints: Endpoints, path: str, body: Any, headers: Mapping[str, str] | None = None
) -> tuple[int, Any, dict[str, str]]:
    """POST as a page of the site does; return status, body, and the cookies that were set."""
    request = urllib.request.Request(
        f"{endpoints.site}{endpoints.prefix}{path}",
        json.dumps(body).encode(),
        {"Origin": endpoints.site, "Content-Type": "text/plain", **(headers or {})},
    )
    try:
        with urllib.request.urlopen(request, timeout=60) as reply:
            status, said, set_ = reply.status, json.load(reply), reply.headers.get_all("Set-Cookie")
            assert set_ is None or reply.headers["cache-control"] == "no-store"
    except urllib.error.HTTPError as refused:
        status, said, set_ = refused.code, json.load(refused), refused.headers.get_all("Set-Cookie")
    return status, said, dict(cookie.split(";")[0].split("=", 1) for cookie in set_ or ())


def send(
    endpoints: Endpoints, headers: Mapping[str, str], event: Mapping[str, Any], *, key: str = ""
) -> dict[str, str]:
    authorization = basic(key or endpoints.write_key)
    if key:
        authorization |= {"Origin": ""}
    status, said, cookies = ask(endpoints, "/v1/t", event, {**authorization, **headers})
    assert (status, said) == (200, {"success": True})
    return cookies


def preferences(**categories: bool) -> dict[str, Any]:
    return {"consent": {"categoryPreferences": categories}}


# what is said, and what must come of it: (decision, noShare, reasons), or None for nothing at all
SAID: dict[str, tuple[dict[str, str], dict[str, Any], tuple[str, bool, list[str]] | None]] = {
    "nothing": ({}, {}, ("full", False, [])),
    "gpc": ({"Sec-GPC": "1"}, {}, ("full", True, ["gpc"])),
    "gpc-joined": ({"Sec-GPC": "0, 1"}, {}, ("full", True, ["gpc"])),
    "gpc-off": ({"Sec-GPC": "0"}, {}, ("full", False, [])),
    "dnt": ({"DNT": "1"}, {}, ("cookieless", True, ["dnt"])),
    "optout": ({"Cookie": "a=b; optout=1"}, {}, None),
    "segment-yes": ({}, preferences(Analytics=True, Advertising=True), ("full", False, [])),
    "segment-no-advertising": (
        {},
        preferences(Analytics=True, Advertising=False),
        ("full", True, ["no_advertising_consent"]),
    ),
    "segment-no": ({}, preferences(Analytics=False), ("cookieless", True, ["no_consent"])),
    "rudderstack-no": (
        {},
        {"consentManagement": {"allowedConsentIds": [], "deniedConsentIds": ["Analytics"]}},
        ("cookieless", True, ["no_consent"]),
    ),
    "recorded-no": (
        {"Cookie": "headwater_consent=%7B%22Advertising%22%3Afalse%7D"},
        {},
        ("full", True, ["no_advertising_consent"]),
    ),
    "gpc-beats-yes": (
        {"Sec-GPC": "1"},
        preferences(Analytics=True, Advertising=True),
        ("full", True, ["gpc"]),
    ),
}


@pytest.fixture(scope="module")
def said(running: Stack) -> dict[str, tuple[dict[str, Any], dict[str, str]]]:
    """Say everything once; each event with the cookies that its answer set."""
    endpoints = running.endpoints
    # The first answer of an environment may come before its copy of the keys.
    eventually(lambda: send(endpoints, {}, a_track()), lambda cookies: bool(cookies))
    sent = {}
    for name, (headers, context, _) in SAID.items():
        event = a_track(userId=f"user-{uuid4()}", context=context)
        sent[name] = (event, send(endpoints, headers, event))
    return sent


def test_what_is_stored_says_why(
    stack: Stack, said: dict[str, tuple[dict[str, Any], dict[str, str]]]
) -> None:
    kept = {said[name][0]["messageId"]: name for name in SAID if SAID[name][2] is not None}

    rows = {kept[row["message_id"]]: row for row in stack.rows(set(kept))}

    for name, row in rows.items():
        found = (row["privacy_decision"], row["no_share"], json.loads(row["privacy_reasons"]))
        assert (name, found) == (name, SAID[name][2])
        event = said[name][0]
        if found[0] == "cookieless":
            assert (row["anonymous_id"], row["user_id"], row["ip"]) == (None, None, None)
            assert not any(
                event[id_] in json.dumps(row, default=str) for id_ in ("anonymousId", "userId")
            )
            assert json.loads(row["enrichment"])["cookielessId"].startswith("cl_")
        else:
            assert (row["anonymous_id"], row["user_id"]) == (event["anonymousId"], event["userId"])
    opted_out = said["optout"][0]["messageId"]
    assert set(rows) == set(kept.values())
    assert stack.rows({said["nothing"][0]["messageId"]})
    assert opted_out not in kept


def test_cookies_are_set_exactly_where_an_id_may_be_kept(
    said: dict[str, tuple[dict[str, Any], dict[str, str]]],
) -> None:
    for name, (_, cookies) in said.items():
        expected = SAID[name][2]
        may = expected is not None and expected[0] == "full"
        assert (name, set(cookies)) == (
            name,
            {"__Host-Http-vid", "ajs_anonymous_id"} if may else set(),
        )


def test_nothing_reaches_a_destination_that_was_denied(
    stack: Stack, said: dict[str, tuple[dict[str, Any], dict[str, str]]]
) -> None:
    def relayed() -> set[str]:
        return {
            item["messageId"]
            for request in stack.received()
            if request["path"].startswith("/relay") and isinstance(request["body"], dict)
            for item in request["body"].get("batch", [request["body"]])
            if "messageId" in item
        }

    # Every event that is kept goes to the webhook; the second pipeline is advertising.
    kept = {said[name][0]["messageId"] for name in SAID if SAID[name][2] is not None}
    assert set(stack.webhooks(kept)) == kept
    after = a_track(userId=f"user-{uuid4()}")
    send(stack.endpoints, {}, after)
    seen = eventually(relayed, lambda ids: after["messageId"] in ids)

    sharing = {name for name, (event, _) in said.items() if event["messageId"] in seen}
    assert after["messageId"] in seen
    assert sharing == {name for name in SAID if (SAID[name][2] or ("", True, []))[1] is False}
    received = json.dumps(stack.received())
    assert said["optout"][0]["messageId"] not in received
    for name in ("dnt", "segment-no", "rudderstack-no"):
        assert said[name][0]["anonymousId"] not in received
        assert said[name][0]["userId"] not in received


def test_a_servers_headers_are_not_the_persons(stack: Stack) -> None:
    event = a_track(userId=f"user-{uuid4()}")
    headers = basic(stack.endpoints.server_key) | {"Sec-GPC": "1", "DNT": "1", "Cookie": "optout=1"}
    request = urllib.request.Request(
        f"{stack.endpoints.site}{stack.endpoints.prefix}/v1/t", json.dumps(event).encode(), headers
    )

    with urllib.request.urlopen(request, timeout=60) as reply:
        assert reply.headers.get_all("Set-Cookie") is None

    (row,) = stack.rows({event["messageId"]})
    assert (row["privacy_decision"], row["no_share"]) == ("full", False)
    assert row["user_id"] == event["userId"]


def test_a_visitor_opts_out_and_in_and_is_forgotten_by_the_server(stack: Stack) -> None:
    endpoints = stack.endpoints
    nobody = {name: value for name, value in a_track().items() if name != "anonymousId"}

    def cookies_of(event: Mapping[str, Any], jar: Mapping[str, str]) -> dict[str, str]:
        header = "; ".join(f"{name}={value}" for name, value in jar.items() if value)
        return send(endpoints, {"Cookie": header}, {**event, "messageId": f"e2e-{uuid4()}"})

    jar = eventually(lambda: cookies_of(nobody, {}), bool)
    assert cookies_of(nobody, jar) == {}
    first = jar["ajs_anonymous_id"]
    assert cookies_of(nobody, jar | {"ajs_anonymous_id": "tossed"})["ajs_anonymous_id"] == first

    _, _, changed = ask(endpoints, "/v1/optout", {"optOut": True, "writeKey": endpoints.write_key})
    jar |= changed
    assert (jar["optout"], jar["__Host-Http-vid"], jar["ajs_anonymous_id"]) == ("1", "", "")
    assert cookies_of(nobody, jar) == {}
    _, _, changed = ask(endpoints, "/v1/optout", {"optOut": False})
    jar |= changed | cookies_of(nobody, jar | changed)
    assert jar["ajs_anonymous_id"] not in ("", first)

    second = jar["ajs_anonymous_id"]
    _, _, changed = ask(endpoints, "/v1/reset", {"writeKey": endpoints.write_key})
    jar |= changed
    assert cookies_of(nobody, jar)["ajs_anonymous_id"] not in ("", first, second)


def test_a_foreign_page_sets_no_cookie_and_takes_no_choice_back(endpoints: Endpoints) -> None:
    evil = {"Origin": "https://evil.example"}

    assert send(endpoints, evil, a_track()) == {}
    status, said, cookies = ask(endpoints, "/v1/optout", {"optOut": False}, evil)

    assert (status, said["code"], cookies) == (403, "foreign_page", {})


def test_suppressed_people_are_stored_no_more(stack: Stack) -> None:
    endpoints = stack.endpoints
    answer = client("lambda", endpoints.aws).invoke(
        FunctionName=endpoints.functions["keeper"], Payload=b"{}"
    )

    assert "FunctionError" not in answer
    assert json.loads(answer["Payload"].read())["suppressed"] == 0
