"""Whom the console answers, and with which headers."""

import pytest

from local.console.safety import HEADERS, guarded
from local.serving import Application, Reply, Request

HOST = ("Host", "127.0.0.1:8790")


def application(request: Request) -> Reply:
    return Reply(200, HEADERS, b"in")


@pytest.fixture
def open_console() -> Application:
    return guarded(application, port=8790)


@pytest.fixture
def locked() -> Application:
    return guarded(application, port=8790, key="the-key")


def asked(console: Application, target: str, *headers: tuple[str, str], method: str = "GET") -> int:
    return console(Request(method, target, (HOST, *headers))).status


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1", "127.0.0.1:80", "[::1]:8790", ""])
def test_another_name_of_this_machine_is_no_way_in(open_console: Application, host: str) -> None:
    assert open_console(Request("GET", "/", (("Host", host),))).status == 421


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS"])
def test_it_only_reads(open_console: Application, method: str) -> None:
    assert asked(open_console, "/api/console", method=method) == 405


@pytest.mark.parametrize(
    ("target", "headers", "status"),
    [
        ("/api/live", {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Dest": "empty"}, 403),
        ("/api/live", {"Sec-Fetch-Site": "same-site", "Sec-Fetch-Dest": "empty"}, 403),
        ("/api/live", {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Dest": "document"}, 403),
        ("/", {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Dest": "iframe"}, 403),
        ("/", {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Dest": "document"}, 200),
        ("/api/live", {"Sec-Fetch-Site": "same-origin", "Sec-Fetch-Dest": "empty"}, 200),
        ("/", {"Sec-Fetch-Site": "none", "Sec-Fetch-Dest": "document"}, 200),
        ("/", {}, 200),
    ],
)
def test_another_site_s_page_may_link_to_it_and_no_more(
    open_console: Application, target: str, headers: dict[str, str], status: int
) -> None:
    assert asked(open_console, target, *headers.items()) == status


def test_a_deployment_s_console_opens_by_its_address_and_then_by_its_cookie(
    locked: Application,
) -> None:
    let_in = locked(Request("GET", "/?key=the-key", (HOST,)))
    headers = dict(let_in.headers)
    cookie = headers["Set-Cookie"]

    assert (let_in.status, headers["Location"]) == (303, "/")
    assert "HttpOnly" in cookie
    assert "SameSite=Strict" in cookie
    assert asked(locked, "/api/live", ("Cookie", cookie.partition(";")[0])) == 200


@pytest.mark.parametrize(
    ("target", "cookie"),
    [
        ("/", ""),
        ("/?key=wrong", ""),
        ("/api/live?key=the-key", ""),
        ("/api/live", "console-8790=wrong"),
        ("/api/live", "console-8791=the-key"),
        ("/api/live", "console-8790=\u00e4"),
        ("/api/live", ";;=;\x00"),
    ],
)
def test_without_the_key_there_is_nothing(locked: Application, target: str, cookie: str) -> None:
    reply = locked(Request("GET", target, (HOST, ("Cookie", cookie))))

    assert (reply.status, reply.body == b"in") == (403, False)


def test_every_answer_forbids_foreign_scripts_and_markup_from_strings(
    open_console: Application,
) -> None:
    for request in (Request("GET", "/", (HOST,)), Request("POST", "/", (HOST,))):
        policy = dict(open_console(request).headers)["Content-Security-Policy"]
        assert "default-src 'self'" in policy
        assert "require-trusted-types-for 'script'" in policy
        assert "unsafe" not in policy
