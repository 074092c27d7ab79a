"""A user token proves one user, on one source, for a while; anything else proves nothing."""

import hmac
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from headwater.wire.user_token import proves
from hypothesis import given
from hypothesis import strategies as st

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
KEY = b"a key that the site's own server has, and no page"
OTHER_KEY = b"the key of the next quarter, or of somebody else"
HEADER = {"alg": "HS256", "typ": "JWT"}


def at(delta: timedelta) -> int:
    return int((NOW + delta).timestamp())


CLAIMS: Mapping[str, Any] = {"sub": "user-7", "aud": "web", "exp": at(timedelta(hours=1))}


def encoded(part: bytes) -> str:
    return urlsafe_b64encode(part).rstrip(b"=").decode()


def a_token(
    claims: object = CLAIMS,
    *,
    header: object = HEADER,
    key: bytes = KEY,
    digest: str = "sha256",
) -> str:
    signed = f"{encoded(json.dumps(header).encode())}.{encoded(json.dumps(claims).encode())}"
    return f"{signed}.{encoded(hmac.digest(key, signed.encode(), digest))}"


def proven(token: object, **other: Any) -> bool:
    asked: dict[str, Any] = {
        "keys": [KEY],
        "user_id": "user-7",
        "anonymous_id": "device-1",
        "source_id": "web",
        "now": NOW,
    }
    return proves(token, **{**asked, **other})


def test_a_token_of_the_user_for_the_source_proves_the_user() -> None:
    assert proven(a_token())
    assert proven(a_token({**CLAIMS, "aud": ["app", "web"]}))
    assert proven(a_token({**CLAIMS, "aid": "device-1"}))
    assert proven(a_token({**CLAIMS, "nbf": at(timedelta(seconds=-5)), "iat": 1}))


def test_the_example_of_rfc_7515_is_signed_as_we_read_it() -> None:
    # RFC 7515, appendix A.1: claims without `sub` and `aud`, so only its signature is ours to check.
    key = urlsafe_b64decode(
        "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow=="
    )
    token = (
        "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9."
        "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0"
        "cnVlfQ.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
    )
    then = datetime(2011, 3, 22, 18, tzinfo=UTC)
    assert proven(token, keys=[key], user_id=None, source_id=None, now=then)
    assert not proven(token, keys=[KEY], user_id=None, source_id=None, now=then)


@pytest.mark.parametrize(
    "claims",
    [
        {**CLAIMS, "sub": "user-8"},
        {**CLAIMS, "sub": 7},
        {**CLAIMS, "aud": "another-source"},
        {**CLAIMS, "aud": []},
        {**CLAIMS, "aid": "device-2"},
        {**CLAIMS, "aid": None},
        {**CLAIMS, "exp": at(timedelta(minutes=-2))},
        {**CLAIMS, "exp": at(timedelta(hours=25))},
        {**CLAIMS, "exp": str(at(timedelta(hours=1)))},
        {**CLAIMS, "exp": True},
        {**CLAIMS, "exp": None},
        {**CLAIMS, "nbf": at(timedelta(minutes=5))},
        {"sub": "user-7", "aud": "web"},
        [],
        "user-7",
        None,
    ],
)
def test_claims_that_say_something_else_prove_nothing(claims: object) -> None:
    assert not proven(a_token(claims))


@pytest.mark.parametrize("algorithm", ["none", "None", "HS512", "hs256", "RS256", None, 1])
def test_the_algorithm_is_ours_and_not_the_tokens(algorithm: object) -> None:
    assert not proven(a_token(header={"alg": algorithm}))
    assert not proven(a_token(header={"alg": algorithm}, digest="sha512"))
    unsigned = a_token(header={"alg": algorithm}).rpartition(".")[0]
    assert not proven(unsigned + ".")
    assert not proven(unsigned)


def test_an_extension_that_must_be_understood_is_not() -> None:
    assert not proven(a_token(header={**HEADER, "crit": ["exp"]}))


def test_while_keys_are_rotated_both_are_good_and_afterwards_one() -> None:
    old, new = a_token(), a_token(key=OTHER_KEY)

    assert (proven(old, keys=[OTHER_KEY, KEY]), proven(new, keys=[OTHER_KEY, KEY])) == (True, True)
    assert (proven(old, keys=[OTHER_KEY]), proven(new, keys=[OTHER_KEY])) == (False, True)
    assert not proven(old, keys=[])


def test_a_key_that_could_be_guessed_is_no_key() -> None:
    assert not proven(a_token(key=b"short"), keys=[b"short"])
    assert not proven(a_token(key=b""), keys=[b""])


def test_a_token_is_bounded_before_it_is_read() -> None:
    assert proven(a_token({**CLAIMS, "name": "x" * 2_000}))
    assert not proven(a_token({**CLAIMS, "name": "x" * 4_000}))


@given(st.integers(0, 10_000), st.integers(1, 127))
def test_one_changed_character_proves_nothing(position: int, by: int) -> None:
    token = a_token()
    # The signature's last character holds two bits that mean nothing.
    position %= len(token) - 1
    changed = chr((ord(token[position]) + by) % 128)
    if changed != token[position]:
        assert not proven(token[:position] + changed + token[position + 1 :])


@given(st.none() | st.integers() | st.text() | st.lists(st.text(), max_size=3))
def test_anything_may_come_as_a_token(token: object) -> None:
    assert not proven(token)


@given(st.tuples(st.text(max_size=9), st.text(max_size=9), st.text(max_size=9)).map(".".join))
def test_anything_with_two_dots_may_come_as_a_token(token: str) -> None:
    assert not proven(token)
