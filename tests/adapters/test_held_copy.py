"""What the collector holds is read over plain HTTP, and every part may be missing."""

import json
import socket
from datetime import UTC, datetime
from typing import Any

import pytest
from headwater.adapters.held_copy import HeldCopy, read_cookie_keys
from headwater.adapters.signed_call import SignedCalls
from headwater.errors import DependencyError
from headwater.privacy.suppressed import KEY_BYTES, Suppressed, hashed

from tests.vendor import Asked, Vendor, reply, vendor

PEPPER = b"p" * KEY_BYTES
KEYS = f"{'n' * 64}\n{'o' * 64}\n"
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


class Aws:
    """The services as one address; `faults` are the targets that answer 500."""

    def __init__(self) -> None:
        self.secret: Any = KEYS
        self.salt = "ab" * 32
        self.list: bytes | None = Suppressed.of([hashed("user", "u-1", PEPPER)], PEPPER).to_bytes()
        self.faults: set[str] = set()

    def __call__(self, asked: Asked, connection: socket.socket, _: Vendor) -> None:
        target = asked.headers.get("x-amz-target", "")
        if target in self.faults:
            reply(connection, 500, b"{}")
        elif target == "secretsmanager.GetSecretValue":
            assert json.loads(asked.body) == {"SecretId": "keys"}
            reply(connection, 200, json.dumps({"SecretString": self.secret}).encode())
        elif target == "DynamoDB_20120810.Query":
            assert json.loads(asked.body)["TableName"] == "salts"
            items = [{"pk": {"S": "salt"}, "sk": {"S": "2026-03-01"}, "salt": {"S": self.salt}}]
            reply(connection, 200, json.dumps({"Items": items}).encode())
        elif asked.path == "/lake/suppressions/published" and self.list is not None:
            assert asked.method == "GET"
            reply(connection, 200, self.list)
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
    return HeldCopy(
        environment(url),
        cookie_keys="keys",
        salts_table="salts",
        bucket="lake",
        now=lambda: NOW,
        seconds=lambda: 0.0,
        patience_seconds=20,  # a busy machine is no fault
    )


@pytest.mark.enable_socket
def test_keys_are_read_a_line_each_the_newest_first() -> None:
    with vendor(Aws()) as at:
        assert held(at.url)().cookie_keys == (b"n" * 64, b"o" * 64)
        (asked,) = (one for one in at.asked if b"SecretId" in one.body)
        assert asked.headers["content-type"] == "application/x-amz-json-1.1"


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
def test_salts_and_suppressions_are_read_each_for_itself() -> None:
    aws = Aws()
    aws.faults = {"secretsmanager.GetSecretValue"}
    with vendor(aws) as at:
        found = held(at.url)()

        assert (found.cookie_keys, found.salts) == ((), {"2026-03-01": b"\xab" * 32})
        assert ("user", "u-1") in found.suppressed
        aws.list, aws.salt = b"<no list>", "no salt"
        odd = held(at.url)()
        assert (odd.salts, bool(odd.suppressed)) == ({}, False)
        aws.list = None
        assert not held(at.url)().suppressed


@pytest.mark.enable_socket
def test_what_does_not_answer_is_done_without() -> None:
    aws = Aws()
    aws.faults = {"secretsmanager.GetSecretValue"}
    with vendor(aws) as at:
        assert held(at.url)().cookie_keys == ()
    assert held("http://127.0.0.1:1")().cookie_keys == ()
