"""A choice is made on the site's own pages, and the server's cookies remember it."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote

import orjson
import pytest
from headwater.collect import collect
from headwater.wire.replies import Reply

from tests.examples import NOON, a_request, a_workspace
from tests.fakes import MemoryStore, MemoryStream

HOME = {"origin": "https://shop.example"}


def ask(
    path: str,
    body: Any,
    headers: Mapping[str, str] = HOME,
    *,
    method: str = "POST",
    **workspace: Any,
) -> Reply:
    stream = MemoryStream()
    reply = collect(
        a_request(body, path=path, headers=headers, method=method),
        workspace=a_workspace(**workspace),
        stream=stream,
        store=MemoryStore(),
        now=NOON,
        new_id=lambda: "id",
    ).reply
    assert stream.records == []
    return reply


def named(reply: Reply) -> dict[str, str]:
    return dict(cookie.partition("; ")[0].split("=", 1) for cookie in reply.cookies)


@pytest.mark.parametrize("prefix", ["", "/ev"])
def test_out_is_for_good_and_forgets_the_visitor(prefix: str) -> None:
    reply = ask(f"{prefix}/v1/optout", {"optOut": True})

    assert (reply.status, orjson.loads(reply.body)) == (200, {"success": True})
    assert reply.cookies[0] == "optout=1; Path=/; Max-Age=34560000; Secure; SameSite=Lax"
    assert named(reply) == {"optout": "1", "__Host-Http-vid": "", "ajs_anonymous_id": ""}
    assert reply.headers["cache-control"] == "no-store"
    assert reply.headers["access-control-allow-origin"] == "https://shop.example"


def test_in_again_takes_the_cookie_away_and_nothing_else() -> None:
    reply = ask("/v1/optout", {"optOut": False, "writeKey": "any"})

    assert reply.cookies == ("optout=; Path=/; Max-Age=0; Secure; SameSite=Lax",)


def test_consent_is_recorded_with_what_it_says_and_a_no_forgets_the_visitor() -> None:
    yes = ask(
        "/v1/consent", {"consent": {"categoryPreferences": {"Analytics": True, "A b": False}}}
    )
    no = ask("/v1/consent", {"consent": {"categoryPreferences": {"Analytics": False}}})

    assert orjson.loads(unquote(named(yes)["headwater_consent"])) == {
        "Analytics": True,
        "A b": False,
    }
    assert set(named(yes)) == {"headwater_consent"}
    assert set(named(no)) == {"headwater_consent", "__Host-Http-vid", "ajs_anonymous_id"}


def test_a_reset_forgets_the_visitor_and_keeps_the_choice() -> None:
    reply = ask("/v1/reset", b"", cookies={"domain": "shop.example"})

    assert named(reply) == {"__Secure-vid": "", "ajs_anonymous_id": ""}
    assert all("Domain=shop.example; Path=/; Max-Age=0;" in cookie for cookie in reply.cookies)


@pytest.mark.parametrize("path", ["/v1/optout", "/v1/consent", "/v1/reset"])
@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"origin": "https://evil.example"},
        {"origin": "null", "sec-fetch-site": "cross-site"},
        {"origin": "https://shop.example", "sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "cross-site"},
        {"host": "shop.example", "referer": "https://shop.example/"},
    ],
)
def test_a_foreign_page_chooses_nothing(path: str, headers: dict[str, str]) -> None:
    body = {"optOut": False, "consent": {"categoryPreferences": {"Analytics": True}}}

    reply = ask(path, body, headers)

    assert (reply.status, orjson.loads(reply.body)["code"]) == (403, "foreign_page")
    assert reply.cookies == ()


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/v1/optout", {"optOut": "true"}),
        ("/v1/optout", {"optOut": 1}),
        ("/v1/optout", {}),
        ("/v1/optout", []),
        ("/v1/optout", b"{"),
        ("/v1/optout", {"pad": "x" * 20_000, "optOut": True}),
        ("/v1/consent", {"consent": {}}),
        ("/v1/consent", {"consent": {"categoryPreferences": {"Analytics": "true"}}}),
        ("/v1/consent", {"consent": {"categoryPreferences": {"; Domain=evil": True}}}),
        ("/v1/consent", {"consent": {"categoryPreferences": {f"c{n}": True for n in range(51)}}}),
        ("/v1/consent", {"consent": {"categoryPreferences": {"c" * 65: True}}}),
        ("/v1/consent", {"consent": {"categoryPreferences":
                                     {f"c{n:02}" + "d" * 60: True for n in range(50)}}}),
    ],
)  # fmt: skip
def test_what_is_no_choice_is_said_and_sets_nothing(path: str, body: Any) -> None:
    reply = ask(path, body)

    assert (reply.status, reply.cookies) == (400, ())


@pytest.mark.parametrize("path", ["/v1/optout", "/v1/consent", "/v1/reset"])
def test_no_address_alone_changes_a_choice(path: str) -> None:
    reply = ask(path, {"optOut": False}, method="GET")

    assert (reply.status, reply.cookies) == (405, ())
