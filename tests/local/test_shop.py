"""The demo shop: files and nothing beside them, accounts whose ids the server makes."""

import itertools
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from local.serving import Reply, Request
from local.shop.accounts import Accounts
from local.shop.pages import Pages
from local.shop.server import ShopServer
from local.shop.tracking import Tracking

PETER = {"name": "Peter Gibbons", "email": "peter@initec.example", "title": "programmer"}


@pytest.fixture
def pages(tmp_path: Path) -> Pages:
    root = tmp_path / "site"
    (root / "tea").mkdir(parents=True)
    (root / "chunk").mkdir()
    (root / "index.html").write_text("home")
    (root / "tea" / "index.html").write_text("tea")
    (root / "chunk" / "a-HASH.js").write_text("a")
    (root / "not-found.html").write_text("none")
    (tmp_path / "secret.txt").write_text("secret")
    return Pages(root)


@pytest.fixture
def tracking() -> Iterator[Tracking]:
    tracking = Tracking(write_key="demo-server-key", host="http://127.0.0.1:9", send=False)
    yield tracking
    tracking.close()


@pytest.fixture
def server(tracking: Tracking) -> ShopServer:
    numbers = itertools.count(1)
    return ShopServer(Accounts(make_id=lambda: f"{next(numbers):032d}"), tracking)


def post(server: ShopServer, path: str, form: object, cookie: str = "") -> Reply:
    return server(Request("POST", path, (("Cookie", cookie),), json.dumps(form).encode()))


def answer(reply: Reply) -> Any:
    return json.loads(reply.body)


def header(reply: Reply, name: str) -> str | None:
    return dict(reply.headers).get(name)


def test_a_page_is_asked_for_again_each_time_and_a_hashed_chunk_never(pages: Pages) -> None:
    page, chunk = pages(Request("GET", "/tea/")), pages(Request("GET", "/chunk/a-HASH.js"))

    assert (page.status, page.body, header(page, "Cache-Control")) == (200, b"tea", "no-cache")
    assert header(page, "Content-Type") == "text/html; charset=utf-8"
    assert header(chunk, "Cache-Control") == "public, max-age=31536000, immutable"


def test_a_page_that_has_not_changed_is_not_sent_again(pages: Pages) -> None:
    tag = header(pages(Request("GET", "/")), "ETag") or ""

    assert pages(Request("GET", "/", (("if-none-match", tag),))).status == 304
    assert pages(Request("GET", "/", (("if-none-match", '"old"'),))).status == 200


@pytest.mark.parametrize(
    "target",
    ["/../secret.txt", "/%2e%2e/secret.txt", "/tea/../../secret.txt", "/%00", "//etc/passwd", "*"],
)
def test_nothing_outside_the_site_is_served(pages: Pages, target: str) -> None:
    reply = pages(Request("GET", target))

    assert (reply.status, reply.body) == (404, b"none")


def test_a_directory_gets_its_slash_on_this_host_only(pages: Pages) -> None:
    assert header(pages(Request("GET", "/tea?utm_source=x")), "Location") == "/tea/?utm_source=x"
    assert header(pages(Request("GET", "//tea")), "Location") == "/tea/"


def test_the_server_makes_the_user_id_and_identifies_with_it(
    server: ShopServer, tracking: Tracking
) -> None:
    reply = post(server, "/api/sign-up", PETER, "ajs_anonymous_id=device-1")

    assert answer(reply) == {"user_id": "cus_000000000000", **PETER}
    assert [
        (sent["type"], sent["event"], sent["userId"], sent["anonymousId"]) for sent in tracking.sent
    ] == [
        ("identify", None, "cus_000000000000", "device-1"),
        ("track", "Account Created", "cus_000000000000", "device-1"),
        ("track", "Signed Up", "cus_000000000000", "device-1"),
    ]


def test_a_session_knows_who_is_logged_in_until_they_log_out(server: ShopServer) -> None:
    session = (header(post(server, "/api/sign-up", PETER), "Set-Cookie") or "").partition(";")[0]
    account = Request("GET", "/api/account", (("Cookie", session),))

    assert answer(server(account))["account"]["name"] == "Peter Gibbons"
    post(server, "/api/log-out", {}, session)
    assert answer(server(account)) == {"account": None}


def test_logging_in_finds_the_same_user_id(server: ShopServer) -> None:
    signed_up = answer(post(server, "/api/sign-up", PETER))

    assert answer(post(server, "/api/log-in", {"email": " Peter@Initec.example"})) == signed_up


@pytest.mark.parametrize(
    ("path", "form", "message"),
    [
        ("/api/sign-up", {"email": "p@x"}, "Please tell us your name."),
        ("/api/sign-up", {"name": "P", "email": "nobody"}, "Please give us an email address."),
        ("/api/sign-up", {"name": ["P"], "email": "p@x"}, "Please check the field “name”."),
        ("/api/log-in", {"email": "p@x"}, "We know no account with this email."),
        ("/api/newsletter", {}, "Please give us an email address."),
        ("/api/newsletter", [], "The form did not arrive whole. Please try again."),
        ("/api/newsletter", "x" * 20_000, "That is more than our form has room for."),
    ],
)
def test_a_mistake_is_told_in_a_sentence(
    server: ShopServer, path: str, form: object, message: str
) -> None:
    reply = post(server, path, form)

    assert (reply.status, answer(reply)) == (400, {"message": message})


def test_an_email_has_one_account(server: ShopServer, tracking: Tracking) -> None:
    post(server, "/api/sign-up", PETER)

    assert post(server, "/api/sign-up", PETER).status == 400
    assert len(tracking.sent) == 3
