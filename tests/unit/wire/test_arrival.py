"""What `make doctor` is told: that something arrived, never what."""

from hashlib import sha256
from typing import Any

import orjson
import pytest
from headwater.wire.arrival import arrival
from headwater.wire.replies import Reply

from tests.examples import a_request, a_workspace

_WORKSPACE = a_workspace()


def ask(body: bytes = b"", **overrides: Any) -> Reply:
    return arrival(a_request(body, **{"path": "/ev/v1/doctor", **overrides}), _WORKSPACE)


def arrived(body: bytes = b"", **overrides: Any) -> dict[str, Any]:
    found: dict[str, Any] = orjson.loads(ask(body, **overrides).body)["arrived"]
    return found


def test_a_body_and_a_query_are_told_by_their_digests() -> None:
    told = arrived(b"\x1f\x8bbytes", query="a=1&b=2")

    assert (told["bodyBytes"], told["bodySha256"]) == (7, sha256(b"\x1f\x8bbytes").hexdigest())
    assert told["querySha256"] == sha256(b"a=1&b=2").hexdigest()


def test_headers_are_named_and_their_values_kept_back() -> None:
    secret = "Basic c2VjcmV0"
    reply = ask(headers={"authorization": secret, "sec-gpc": "1", "x-own": "kept"})

    told = orjson.loads(reply.body)["arrived"]
    assert (told["headers"], told["gpc"]) == (["authorization", "sec-gpc"], True)
    assert secret.encode() not in reply.body
    assert b"x-own" not in reply.body


@pytest.mark.parametrize("value", ["0", "", "1, 1", "true"])
def test_only_one_is_a_gpc_signal(value: str) -> None:
    assert arrived(headers={"sec-gpc": value})["gpc"] is False


def test_our_cookies_are_named_and_the_sites_are_counted() -> None:
    told = arrived(cookies=("ajs_anonymous_id=a", "session=secret", "other=x"))

    assert (told["cookies"], told["otherCookies"]) == (["ajs_anonymous_id"], 2)


def test_an_address_is_told_by_its_digest_and_its_kind() -> None:
    assert arrived(address="203.0.113.9")["address"] == {
        "sha256": sha256(b"203.0.113.9").hexdigest(),
        "public": False,  # a network for documentation
    }
    assert arrived(address="8.8.8.8")["address"]["public"] is True
    assert arrived(address="10.1.2.3")["address"]["public"] is False
    assert arrived(address=None)["address"] is None


def test_the_answer_may_not_be_kept_and_carries_a_cookie_that_dies_soon() -> None:
    headers = ask().headers

    assert headers["cache-control"] == "no-store"
    assert "Max-Age=60" in headers["set-cookie"]
    assert "Domain" not in headers["set-cookie"]
