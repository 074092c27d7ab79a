"""Segment's messages: what is taken, what is rejected, with which code."""

from typing import Any

import pytest
from headwater.events import (
    MESSAGE_TYPES,
    Alias,
    Group,
    Identify,
    Message,
    Page,
    Screen,
    Track,
    parse,
)
from headwater.outcomes import RejectCode, Rejected
from hypothesis import given
from hypothesis import strategies as st

_SMALLEST: dict[str, Any] = {"userId": "u-1", "event": "Signed Up", "groupId": "g-1"}


def read(item: Any, type_: Any = None, **more: Any) -> Message | Rejected:
    return parse(item, type_, lambda: "made-up", **more)


def rejection(item: Any, type_: Any = None) -> tuple[str, str]:
    rejected = read(item, type_)
    assert isinstance(rejected, Rejected)
    assert rejected.original is item
    return rejected.code, rejected.path


@pytest.mark.parametrize(
    ("type_", "model"),
    [
        ("track", Track),
        ("page", Page),
        ("screen", Screen),
        ("identify", Identify),
        ("group", Group),
        ("alias", Alias),
    ],
)
def test_each_type_has_its_message_wherever_the_type_comes_from(
    type_: str, model: type[Message]
) -> None:
    assert type(read(_SMALLEST, type_)) is model
    assert type(read({**_SMALLEST, "type": type_})) is model


def test_the_route_decides_the_type_over_the_body() -> None:
    assert type(read({**_SMALLEST, "type": "page"}, "track")) is Track


def test_null_empty_and_blank_are_absent() -> None:
    message = read(
        {
            "type": "page",
            "userId": "",
            "anonymousId": "a-1",
            "name": None,
            "category": "  ",
            "properties": None,
            "context": "",
        }
    )

    assert isinstance(message, Page)
    assert (message.user_id, message.name, message.category) == (None, None, None)
    assert (message.properties, message.context) == ({}, {})


def test_a_number_is_the_text_of_an_id() -> None:
    message = read({"type": "track", "event": "E", "userId": 12345, "messageId": 7})

    assert isinstance(message, Track)
    assert (message.user_id, message.message_id) == ("12345", "7")


def test_fields_nobody_named_are_kept_as_they_are() -> None:
    message = read(
        {**_SMALLEST, "_metadata": {"bundled": []}, "channel": "", "note": None}, "track"
    )

    assert isinstance(message, Track)
    assert message.model_extra == {"_metadata": {"bundled": []}, "channel": "", "note": None}


def test_a_message_without_an_id_gets_one() -> None:
    message = read({**_SMALLEST, "messageId": None}, "track")

    assert isinstance(message, Track)
    assert message.message_id == "made-up"


def test_a_message_that_names_nobody_is_the_visitors() -> None:
    message = read({"event": "E"}, "track", visitor="a-9")
    named = read({"event": "E", "userId": "u-1"}, "track", visitor="a-9")

    assert isinstance(message, Track)
    assert isinstance(named, Track)
    assert (message.anonymous_id, named.anonymous_id) == ("a-9", None)


@pytest.mark.parametrize(
    ("item", "ending"),
    [
        ("text", (RejectCode.EVENT_NOT_OBJECT, "$")),
        (None, (RejectCode.EVENT_NOT_OBJECT, "$")),
        ([], (RejectCode.EVENT_NOT_OBJECT, "$")),
        ({}, (RejectCode.TYPE_UNKNOWN, "$.type")),
        ({"type": "teleport"}, (RejectCode.TYPE_UNKNOWN, "$.type")),
        ({"type": ["track"]}, (RejectCode.TYPE_UNKNOWN, "$.type")),
        ({"type": "track", "event": "E"}, (RejectCode.ID_REQUIRED, "$.userId")),
        ({"type": "page", "userId": " "}, (RejectCode.ID_REQUIRED, "$.userId")),
        ({"type": "track", "userId": "u"}, (RejectCode.EVENT_NOT_DEFINED, "$.event")),
        (
            {"type": "track", "userId": "u", "event": "  "},
            (RejectCode.EVENT_NOT_DEFINED, "$.event"),
        ),
        ({"type": "track", "userId": "u", "event": 5}, (RejectCode.EVENT_NOT_STRING, "$.event")),
        ({"type": "track", "userId": "u", "event": True}, (RejectCode.EVENT_NOT_STRING, "$.event")),
        ({"type": "page", "userId": False}, (RejectCode.ID_NOT_STRING, "$.userId")),
        ({"type": "page", "anonymousId": {"id": 1}}, (RejectCode.ID_NOT_STRING, "$.anonymousId")),
        (
            {"type": "alias", "userId": "u", "previousId": []},
            (RejectCode.ID_NOT_STRING, "$.previousId"),
        ),
        ({"type": "alias", "previousId": "a"}, (RejectCode.USER_ID_REQUIRED, "$.userId")),
        ({"type": "group", "userId": "u"}, (RejectCode.GROUP_ID_REQUIRED, "$.groupId")),
        ({"type": "page", "userId": "u", "name": 1}, (RejectCode.NAME_NOT_STRING, "$.name")),
        (
            {"type": "page", "userId": "u", "category": []},
            (RejectCode.CATEGORY_NOT_STRING, "$.category"),
        ),
        (
            {"type": "page", "userId": "u", "properties": "x"},
            (RejectCode.PROPERTIES_NOT_OBJECT, "$.properties"),
        ),
        (
            {"type": "identify", "userId": "u", "traits": [1]},
            (RejectCode.TRAITS_NOT_OBJECT, "$.traits"),
        ),
        (
            {"type": "page", "userId": "u", "context": 7},
            (RejectCode.CONTEXT_NOT_OBJECT, "$.context"),
        ),
        (
            {"type": "page", "userId": "u", "integrations": "all"},
            (RejectCode.INTEGRATIONS_NOT_OBJECT, "$.integrations"),
        ),
        (
            {"type": "page", "userId": "u", "messageId": "m" * 101},
            (RejectCode.MESSAGE_ID_TOO_LONG, "$.messageId"),
        ),
        (
            {"type": "page", "userId": "u", "messageId": {}},
            (RejectCode.ID_NOT_STRING, "$.messageId"),
        ),
    ],
)
def test_what_is_wrong_has_its_code_and_its_path(item: Any, ending: tuple[str, str]) -> None:
    assert rejection(item) == ending


def test_a_message_id_of_a_hundred_characters_is_taken() -> None:
    assert isinstance(read({**_SMALLEST, "messageId": "m" * 100}, "track"), Track)


_anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=8,
)
_names = st.sampled_from(
    [
        "type",
        "userId",
        "anonymousId",
        "messageId",
        "groupId",
        "previousId",
        "event",
        "name",
        "category",
        "properties",
        "traits",
        "context",
        "integrations",
        "timestamp",
        "model_config",
    ]
)


@given(
    st.dictionaries(_names | st.text(max_size=8), st.sampled_from(MESSAGE_TYPES) | _anything)
    | _anything
)
def test_parsing_never_raises(item: Any) -> None:
    assert isinstance(read(item), Message | Rejected)
    assert isinstance(read(item, "track"), Message | Rejected)
