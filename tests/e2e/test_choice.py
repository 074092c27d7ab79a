"""A person's choice on the whole way: what is stored and why, which cookies are set, who never hears of it."""

import json
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import pytest

from local.athena import Lake
from local.endpoints import Endpoints
from tests.e2e.stack import Stack, eventually
from tests.e2e.test_collector import a_track, basic


def ask(
    endpoints: Endpoints, path: str, body: Any, headers: Mapping[str, str] | None = None
) -> tuple[int, Any, dict[str, str]]:
    """POST as a page of the site does; return status, body, and the cookies that were set."""
    return posted(endpoints, path, body, {"Origin": endpoints.site, **(headers or {})})


def posted(
    endpoints: Endpoints, path: str, body: Any, headers: Mapping[str, str]
) -> tuple[int, Any, dict[str, str]]:
    request = urllib.request.Request(
        f"{endpoints.site}{endpoints.prefix}{path}",
        json.dumps(body).encode(),
        {"Content-Type": "text/plain", **headers},
    )
    try:
        with urllib.request.urlopen(request, timeout=60) as reply:
            status, said, set_ = reply.status, json.load(reply), reply.headers.get_all("Set-Cookie")
            assert set_ is None or reply.headers["cache-control"] == "no-store"
    except urllib.error.HTTPError as refused:
        status, said, set_ = refused.code, json.load(refused), refused.headers.get_all("Set-Cookie")
    return status, said, dict(cookie.split(";")[0].split("=", 1) for cookie in set_ or ())


def send(
    endpoints: Endpoints,
    headers: Mapping[str, str],
    event: Mapping[str, Any],
    *,
    kind: str = "browser",
) -> dict[str, str]:
    """Send one event as a page of the site does, or as its server; return the cookies that were set."""
    browser = kind == "browser"
    key = endpoints.write_key if browser else endpoints.server_key
    origin = {"Origin": endpoints.site} if browser else {}
    status, said, cookies = posted(endpoints, "/v1/t", event, {**basic(key), **origin, **headers})
    assert (status, said) == (200, {"success": True})
    return cookies


@dataclass(frozen=True)
class Word:
    """What is said, and what must come of it: `stored` as (decision, noShare, reasons), None for nothing."""

    stored: tuple[str, bool, list[str]] | None
    headers: dict[str, str] = field(default_factory=dict)
    context: dict[str, Any] = field(default_factory=dict)
    kind: str = "browser"
    event: str = "Tested"

    @property
    def shares(self) -> bool:
        return self.stored is not None and not self.stored[1]


def segment(**categories: bool) -> dict[str, Any]:
    return {"consent": {"categoryPreferences": categories}}


def rudderstack(allowed: list[str], denied: list[str]) -> dict[str, Any]:
    return {"consentManagement": {"allowedConsentIds": allowed, "deniedConsentIds": denied}}


FULL = ("full", False, list[str]())
GPC = ("full", True, ["gpc"])
NO_ADVERTISING = ("full", True, ["no_advertising_consent"])
NO_CONSENT = ("cookieless", True, ["no_consent"])
UPDATED = "Segment Consent Preference Updated"
RECORDED = {"Cookie": "headwater_consent=%7B%22Advertising%22%3Afalse%7D"}
# Headers of a server's request are the server's own: its every word of its visitor is in the event.
A_SERVERS_OWN = {"Sec-GPC": "1", "DNT": "1", "Cookie": "optout=1; " + RECORDED["Cookie"]}

SAID: dict[str, Word] = {
    "nothing": Word(FULL),
    "gpc": Word(GPC, {"Sec-GPC": "1"}),
    "gpc-joined": Word(GPC, {"Sec-GPC": "0, 1"}),
    "gpc-off": Word(FULL, {"Sec-GPC": "0"}),
    "dnt": Word(("cookieless", True, ["dnt"]), {"DNT": "1"}),
    "optout": Word(None, {"Cookie": "a=b; optout=1"}),
    "segment-yes": Word(FULL, context=segment(Analytics=True, Advertising=True)),
    "segment-no-advertising": Word(
        NO_ADVERTISING, context=segment(Analytics=True, Advertising=False)
    ),
    "segment-no": Word(NO_CONSENT, context=segment(Analytics=False)),
    "segment-text-is-no-yes": Word(
        ("cookieless", True, ["no_consent", "no_advertising_consent"]),
        context={"consent": {"categoryPreferences": {"Analytics": "true", "Advertising": 1}}},
    ),
    "updated-yes": Word(FULL, context=segment(Analytics=True, Advertising=True), event=UPDATED),
    "updated-no-advertising": Word(
        NO_ADVERTISING, context=segment(Analytics=True, Advertising=False), event=UPDATED
    ),
    "updated-no": Word(NO_CONSENT, context=segment(Analytics=False), event=UPDATED),
    "rudderstack-yes": Word(FULL, context=rudderstack(["Analytics", "Advertising"], [])),
    "rudderstack-no-advertising": Word(
        NO_ADVERTISING, context=rudderstack(["Analytics"], ["Advertising"])
    ),
    "rudderstack-no": Word(NO_CONSENT, context=rudderstack([], ["Analytics"])),
    "recorded-no": Word(NO_ADVERTISING, RECORDED),
    "gpc-beats-yes": Word(GPC, {"Sec-GPC": "1"}, context=segment(Analytics=True, Advertising=True)),
    "server-nothing": Word(FULL, A_SERVERS_OWN, kind="server"),
    "server-segment-no-advertising": Word(
        NO_ADVERTISING, context=segment(Analytics=True, Advertising=False), kind="server"
    ),
    "server-segment-no": Word(NO_CONSENT, context=segment(Analytics=False), kind="server"),
    "server-updated-no-advertising": Word(
        NO_ADVERTISING, context=segment(Advertising=False), kind="server", event=UPDATED
    ),
    "server-rudderstack-no": Word(
        NO_CONSENT, context=rudderstack([], ["Analytics"]), kind="server"
    ),
}
KEPT = {name for name, word in SAID.items() if word.stored is not None}


@dataclass(frozen=True)
class Sent:
    """One event, and the cookies that its answer set."""

    event: dict[str, Any]
    cookies: dict[str, str]

    @property
    def id(self) -> str:
        message_id: str = self.event["messageId"]
        return message_id


@pytest.fixture(scope="module")
def said(running: Stack) -> dict[str, Sent]:
    """Say everything once."""
    endpoints = running.endpoints
    # The first answers of an environment may come before its copies of the keys and of the day's salt.
    assert eventually(lambda: send(endpoints, {}, a_track()), bool)
    assert eventually(lambda: counted_for_a_day(running), bool)
    sent = {}
    for name, word in SAID.items():
        event = a_track(userId=f"user-{uuid4()}", context=word.context, event=word.event)
        sent[name] = Sent(event, send(endpoints, word.headers, event, kind=word.kind))
    return sent


def counted_for_a_day(running: Stack) -> bool:
    event = a_track()
    send(running.endpoints, {"DNT": "1"}, event)
    return any("cookielessId" in row["enrichment"] for row in running.rows({event["messageId"]}))


def test_what_is_stored_says_why(stack: Stack, said: dict[str, Sent]) -> None:
    kept = {said[name].id: name for name in KEPT}
    rows = {kept[row["message_id"]]: row for row in stack.rows(set(kept))}

    assert set(rows) == KEPT
    for name, row in rows.items():
        found = (row["privacy_decision"], row["no_share"], json.loads(row["privacy_reasons"]))
        assert (name, found) == (name, SAID[name].stored)
        event = said[name].event
        if found[0] == "full":
            assert (row["anonymous_id"], row["user_id"]) == (event["anonymousId"], event["userId"])
            continue
        assert (row["anonymous_id"], row["user_id"], row["ip"]) == (None, None, None)
        written = json.dumps(row, default=str)
        assert not any(event[id_] in written for id_ in ("anonymousId", "userId"))
        # A server's request says nothing of the network that its visitor is in.
        day = json.loads(row["enrichment"]).get("cookielessId", "cl_")
        assert day.startswith("cl_")
        assert (day != "cl_") is (SAID[name].kind == "browser")


def test_what_was_opted_out_of_is_not_stored(stack: Stack, said: dict[str, Sent]) -> None:
    after = a_track()
    send(stack.endpoints, {}, after)

    # What came later is there.
    assert stack.rows({after["messageId"]})
    lake = Lake.open(stack.endpoints)
    lake.refresh()
    stored = {row["message_id"] for row in lake.query("SELECT message_id FROM events").dicts()}
    assert after["messageId"] in stored
    assert said["optout"].id not in stored


def test_cookies_are_set_exactly_where_an_id_may_be_kept(said: dict[str, Sent]) -> None:
    for name, sent in said.items():
        word = SAID[name]
        may = word.kind == "browser" and word.stored is not None and word.stored[0] == "full"
        expected = {"__Host-Http-vid", "ajs_anonymous_id"} if may else set[str]()
        assert (name, set(sent.cookies)) == (name, expected)


def test_nothing_reaches_a_destination_that_was_denied(stack: Stack, said: dict[str, Sent]) -> None:
    def relayed() -> set[str]:
        return {
            item["messageId"]
            for request in stack.received()
            if request["path"].startswith("/relay") and isinstance(request["body"], dict)
            for item in request["body"].get("batch", [request["body"]])
            if "messageId" in item
        }

    # Every event that is kept goes to the webhook; the second pipeline is advertising.
    kept = {said[name].id for name in KEPT}
    assert set(stack.webhooks(kept)) == kept
    after = a_track(userId=f"user-{uuid4()}")
    send(stack.endpoints, {}, after)
    shared = {said[name].id for name in KEPT if SAID[name].shares}
    wanted = shared | {after["messageId"]}
    seen = eventually(relayed, lambda ids: wanted <= ids)

    assert after["messageId"] in seen
    assert {name for name in SAID if said[name].id in seen} == {
        name for name in SAID if SAID[name].shares
    }
    received = json.dumps(stack.received())
    assert said["optout"].id not in received
    for name in KEPT:
        if (SAID[name].stored or FULL)[0] == "cookieless":
            assert said[name].event["anonymousId"] not in received
            assert said[name].event["userId"] not in received


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
