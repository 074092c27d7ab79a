"""Events in the address of an image."""

import base64
import json
from dataclasses import replace
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from headwater.outcomes import Refused
from headwater.wire.pixel import GIF, message_of, reply
from headwater.wire.replies import Reply
from hypothesis import given
from hypothesis import strategies as st

_MESSAGE = {"writeKey": "k", "event": "Mail Opened", "userId": "u?>~ÿ", "properties": {"a": 1}}


def data(value: Any, *, alphabet: bytes = b"+/", padded: bool = True) -> str:
    text = base64.b64encode(json.dumps(value).encode(), alphabet).decode()
    return text if padded else text.rstrip("=")


@pytest.mark.parametrize(
    "query",
    [
        urlencode({"data": data(_MESSAGE)}),
        urlencode({"data": data(_MESSAGE, padded=False)}),
        urlencode({"data": data(_MESSAGE, alphabet=b"-_")}),
        "data=" + data(_MESSAGE, padded=False),
    ],
)
def test_data_is_read_in_either_alphabet_with_or_without_padding(query: str) -> None:
    assert message_of(query) == _MESSAGE


def test_plain_parameters_nest_at_their_dots() -> None:
    query = "writeKey=k&event=Opened&properties.subject=Hi%20there&context.page.url=https%3A%2F%2Fx"

    assert message_of(query) == {
        "writeKey": "k",
        "event": "Opened",
        "properties": {"subject": "Hi there"},
        "context": {"page": {"url": "https://x"}},
    }


def test_plain_parameters_fill_in_what_data_leaves_open() -> None:
    query = f"event=Other&anonymousId=a&data={quote(data({'event': 'Opened'}))}"

    assert message_of(query) == {"event": "Opened", "anonymousId": "a"}


def test_of_parameters_that_clash_the_first_stays() -> None:
    assert message_of("a=1&a=2&b=1&b.c=2") == {"a": "1", "b": "1"}
    assert message_of("__proto__.x=1&a.__proto__=2&b=3") == {"b": "3"}
    assert message_of("a" + ".a" * 64 + "=1&b=3") == {"b": "3"}


@pytest.mark.parametrize("query", ["data=%%%", "data=é", "data=W10", "data=e30x", "data="])
def test_unreadable_data_is_refused(query: str) -> None:
    assert isinstance(message_of(query), Refused)


def test_the_answer_is_an_image_that_nobody_keeps() -> None:
    assert GIF.status == 200
    assert GIF.binary
    assert GIF.body[:6] == b"GIF89a"
    assert GIF.headers["content-type"] == "image/gif"
    assert GIF.headers["cache-control"] == "no-store"


def test_only_a_passing_fault_keeps_its_status() -> None:
    assert reply(Reply(400, b"{}")) == GIF
    assert reply(Reply(503, b"{}", {"retry-after": "30"})) == replace(GIF, status=503)


@given(st.text(max_size=80))
def test_no_query_makes_it_raise(query: str) -> None:
    message_of(query)
    message_of("data=" + query)
