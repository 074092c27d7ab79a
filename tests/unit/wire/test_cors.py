"""Which pages may read an answer."""

from collections.abc import Mapping

import pytest
from headwater.wire.cors import permit, preflight
from headwater.wire.replies import TAKEN

from tests.examples import a_request, a_workspace

_WORKSPACE = a_workspace()


def permissions(**headers: str) -> Mapping[str, str]:
    reply = permit(TAKEN, a_request(headers=headers), _WORKSPACE)
    return {
        name: value for name, value in reply.headers.items() if name.startswith(("access", "vary"))
    }


@pytest.mark.parametrize(
    "origin",
    [
        "https://shop.example",
        "http://localhost",
        "http://localhost:8787",
        "http://localhost:1",
    ],
)
def test_a_listed_origin_is_echoed_with_credentials(origin: str) -> None:
    assert permissions(origin=origin) == {
        "vary": "Origin",
        "access-control-allow-origin": origin,
        "access-control-allow-credentials": "true",
        "access-control-expose-headers": "Retry-After, X-RateLimit-Reset",
    }


@pytest.mark.parametrize(
    "origin",
    [
        "null",
        "https://evil.example",
        "http://shop.example",
        "https://shop.example.evil.test",
        "https://notshop.example",
        "https://shop.example:8443",
        "https://SHOP.example",
        "http://127.0.0.1:80",
        "http://localhost:80.evil.test",
        "http://localhost:*",
        "https://localhost:8787",
        "http://localhost:8787/",
        "",
    ],
)
def test_another_origin_gets_no_permission(origin: str) -> None:
    assert permissions(origin=origin) == {"vary": "Origin"}


def test_a_server_gets_no_permission_and_needs_none() -> None:
    assert permissions() == {"vary": "Origin"}


def test_a_preflight_allows_whatever_headers_are_asked_for() -> None:
    request = a_request(
        method="OPTIONS",
        headers={
            "origin": "https://shop.example",
            "access-control-request-headers": "authorization,content-type, x-retry-count",
        },
    )

    reply = permit(preflight(request, _WORKSPACE), request, _WORKSPACE)

    assert (reply.status, reply.body) == (204, b"")
    assert reply.headers["access-control-allow-headers"] == (
        "authorization,content-type, x-retry-count"
    )
    assert reply.headers["access-control-allow-methods"] == "GET, POST, OPTIONS"
    assert reply.headers["access-control-allow-origin"] == "https://shop.example"
    assert reply.headers["access-control-max-age"] == "7200"
    assert reply.headers["vary"] == "Origin, Access-Control-Request-Headers"


@pytest.mark.parametrize("asked", ["", "a\r\nb", "x" * 2_049, "a,,b", "a:b", "é"])
def test_a_preflight_never_echoes_what_are_no_header_names(asked: str) -> None:
    reply = preflight(
        a_request(
            headers={"origin": "https://shop.example", "access-control-request-headers": asked}
        ),
        _WORKSPACE,
    )

    assert "access-control-allow-headers" not in reply.headers


def test_a_preflight_of_an_unlisted_origin_is_empty() -> None:
    reply = preflight(a_request(headers={"origin": "https://evil.example"}), _WORKSPACE)

    assert reply.status == 204
    assert not [name for name in reply.headers if name.startswith("access-control")]
