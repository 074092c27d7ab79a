"""The events of a body: alone, shared, and bounded."""

from typing import Any

import pytest
from headwater.outcomes import RefuseCode, Refused, RejectCode, Rejected
from headwater.wire.batches import items
from headwater.workspace import Limits

_LIMITS = Limits(event_bytes=1_000, body_bytes=10_000, batch_events=3)


def refusal(body: Any, type_: Any = None) -> RefuseCode:
    refused = items(body, type_, _LIMITS)
    assert isinstance(refused, Refused)
    return refused.code


def test_a_single_route_takes_the_body_itself() -> None:
    assert items({"event": "E"}, "track", _LIMITS) == [{"event": "E"}]


def test_what_a_batch_shares_is_merged_and_the_item_wins() -> None:
    body = {
        "context": {"ip": "0.0.0.0", "library": {"name": "java"}},
        "integrations": {"All": False},
        "sentAt": "then",
        "batch": [
            {"event": "A"},
            {"event": "B", "context": {"library": {"name": "own"}}, "sentAt": "own"},
            {"event": "C", "context": None, "integrations": {"Web": True}},
        ],
    }

    assert items(body, None, _LIMITS) == [
        {
            "event": "A",
            "context": {"ip": "0.0.0.0", "library": {"name": "java"}},
            "integrations": {"All": False},
            "sentAt": "then",
        },
        {
            "event": "B",
            "context": {"ip": "0.0.0.0", "library": {"name": "own"}},
            "integrations": {"All": False},
            "sentAt": "own",
        },
        {
            "event": "C",
            "context": {"ip": "0.0.0.0", "library": {"name": "java"}},
            "integrations": {"All": False, "Web": True},
            "sentAt": "then",
        },
    ]


def test_an_item_that_is_no_object_is_left_for_validation() -> None:
    body = {"context": {"a": 1}, "batch": ["text", {"context": "text"}]}

    assert items(body, None, _LIMITS) == ["text", {"context": "text"}]


def test_a_shared_context_that_is_no_object_is_nobodys() -> None:
    assert items({"context": "x", "integrations": [], "batch": [{}]}, None, _LIMITS) == [{}]


def test_contexts_that_are_written_alike_are_one_object() -> None:
    found = items({"batch": [{"context": {"a": value}} for value in (1, 1, True)]}, None, _LIMITS)

    assert isinstance(found, list)
    assert found[0]["context"] is found[1]["context"]
    assert found[2]["context"]["a"] is True


def test_an_item_over_the_limit_is_rejected_alone() -> None:
    large = {"event": "E", "properties": {"a": "x" * 1_000}}

    found = items({"batch": [{"event": "A"}, large]}, None, _LIMITS)

    assert found == [
        {"event": "A"},
        Rejected(RejectCode.EVENT_TOO_LARGE, "$", "an event may have 1000 bytes", large),
    ]


def test_the_limit_is_of_the_events_own_bytes() -> None:
    exact = {"a": "x" * (1_000 - len('{"a":""}'))}

    assert items(exact, "track", _LIMITS) == [exact]
    assert items({"context": {"b": 1}, "batch": [exact]}, None, _LIMITS) == [
        exact | {"context": {"b": 1}}
    ]


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ([], RefuseCode.INVALID_BODY),
        (None, RefuseCode.INVALID_BODY),
        ("text", RefuseCode.INVALID_BODY),
        ({}, RefuseCode.INVALID_BODY),
        ({"batch": "[]"}, RefuseCode.INVALID_BODY),
        ({"batch": []}, RefuseCode.EMPTY_BATCH),
        ({"batch": [{}] * 4}, RefuseCode.TOO_MANY_EVENTS),
        (
            {"batch": [{}] * 3, "context": {"a": "x" * 30_000}},
            RefuseCode.BODY_TOO_LARGE,
        ),
    ],
)
def test_a_body_that_holds_no_events_is_refused(body: Any, code: RefuseCode) -> None:
    assert refusal(body) is code


def test_a_body_that_is_no_object_is_refused_on_a_single_route() -> None:
    assert refusal([{"event": "E"}], "track") is RefuseCode.INVALID_BODY


def nested(levels: int) -> Any:
    return {"a": nested(levels - 1)} if levels > 1 else {}


@pytest.mark.parametrize("levels", [65, 200])
def test_an_event_that_is_too_deep_leaves_the_others_of_its_batch(levels: int) -> None:
    assert items({"batch": [{"event": "A"}, nested(levels), nested(64)]}, None, _DEEP) == [
        {"event": "A"},
        Rejected(RejectCode.EVENT_TOO_DEEP, "$", "an event may have 64 levels", nested(levels)),
        nested(64),
    ]


def test_what_a_batch_shares_may_not_be_too_deep_either() -> None:
    body = {"context": nested(65), "batch": [{"event": "A"}]}

    assert refusal(body) == RefuseCode.INVALID_BODY


_DEEP = Limits(event_bytes=10_000, body_bytes=10_000, batch_events=3)
