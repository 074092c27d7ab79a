"""What the collector holds is read over plain HTTP, and every part may be missing."""

import json
import socket
from datetime import UTC, datetime
from typing import Any

import pytest
from headwater.adapters.held_copy import HeldCopy, read_cookie_keys
from headwater.adapters.signed_call import SignedCalls
from headwater.errors import DependencyError

from tests.vendor import Asked, Vendor, reply, vendor

KEYS = f"{'n' * 64}\n{'o' * 64}\n"
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


class Aws:
    """The services as one address; `faults` are the targets that answer 500."""

    def __init__(self) -> None:
        self.secret: Any = KEYS
        self.faults: set[str] = set()

    def __call__(self, asked: Asked, connection: socket.socket, _: Vendor) -> None:
        target = asked.headers.get("x-amz-target", "")
        if target in self.faults:
            reply(connection, 500, b"{}")
        elif target == "secretsmanager.GetSecretValue":
            assert json.loads(asked.body) == {"SecretId": "keys"}
            reply(connection, 200, json.dumps({"SecretString": self.secret}).encode())
        else:
            reply(connection, 404, b"{}")


def environment(url: str) -> dict[str, str]:
    return {
        "AWS_ENDPOINT_URL": url,
        "AWS_REGION": "us-east-1",
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
    }


def held(url: str) -> HeldCopy:
    return HeldCopy(environment(url), cookie_keys="keys", now=lambda: NOW, seconds=lambda: 0.0)


@pytest.mark.enable_socket
def test_keys_are_read_a_line_each_the_newest_first() -> None:
    with vendor(Aws()) as at:
        assert held(at.url)().cookie_keys == (b"n" * 64, b"o" * 64)
        assert at.asked[0].headers["content-type"] == "application/x-amz-json-1.1"


@pytest.mark.enable_socket
@pytest.mark.parametrize("secret", ["", "short", f"{'n' * 64} short", None])
def test_a_secret_that_holds_no_good_keys_is_a_fault(secret: str | None) -> None:
    aws = Aws()
    aws.secret = secret
    with vendor(aws) as at:
        calls = SignedCalls(environment(at.url), lambda: NOW, timeout_seconds=2)
        with pytest.raises(DependencyError) as fault:
            read_cookie_keys(calls, "keys")
        assert "n" * 64 not in str(fault.value)
        assert held(at.url)().cookie_keys == ()


@pytest.mark.enable_socket
def test_what_does_not_answer_is_done_without() -> None:
    aws = Aws()
    aws.faults = {"secretsmanager.GetSecretValue"}
    with vendor(aws) as at:
        assert held(at.url)().cookie_keys == ()
    assert held("http://127.0.0.1:1")().cookie_keys == ()
