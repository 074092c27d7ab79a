"""A message becomes the stored event, and nothing of it is lost."""

from dataclasses import fields
from datetime import UTC, datetime
from typing import Any

import pytest
from headwater.events import Message, parse
from headwater.record import SERVER_KEYS, StoredEvent
from headwater.wire.acceptance import accepted, moment_of

from tests.examples import NOON, a_received


def stored(type_: Any = "track", **fields: Any) -> StoredEvent:
    item = {"userId": "u", "event": "E", "messageId": "m", **fields}
    message = parse(item, type_, lambda: "never")
    assert isinstance(message, Message)
    return accepted(message, a_received())


def test_the_fields_are_kept_as_received() -> None:
    event = stored(
        properties={"a": 1},
        context={"b": 2},
        integrations={"All": False},
        timestamp="2026-03-01T11:00:00Z",
        sentAt="2026-03-01T13:00:05+02:00",
        _metadata={"c": 3},
    )

    assert event == StoredEvent(
        type="track",
        message_id="m",
        timestamp=NOON,
        received_at=NOON,
        source=a_received().source,
        user_id="u",
        event="E",
        properties={"a": 1},
        context={"b": 2},
        integrations={"All": False},
        original_timestamp="2026-03-01T11:00:00Z",
        sent_at=datetime(2026, 3, 1, 11, 0, 5, tzinfo=UTC),
        extra={"_metadata": {"c": 3}},
    )


def test_no_field_of_the_stored_event_is_forgotten() -> None:
    # A field left out would be its class's default to whoever reads it, and unknown to `replace`.
    assert vars(stored()).keys() == {field.name for field in fields(StoredEvent)}


def test_a_clients_field_named_like_one_of_ours_is_kept_and_not_believed() -> None:
    claims = dict.fromkeys(sorted(SERVER_KEYS), "claimed")

    event = stored(**claims)

    assert event.extra == {"clientFields": claims}
    # The same event is the same line, whichever container takes it.
    assert list(event.extra["clientFields"]) == list(claims)
    assert event.to_json()["source"] == {"id": "web", "kind": "browser"}


def test_rudderstacks_times_and_traits_are_understood() -> None:
    event = stored(
        "identify", originalTimestamp="2026-03-01T11:00:00Z", context={"traits": {"plan": "pro"}}
    )

    assert event.original_timestamp == "2026-03-01T11:00:00Z"
    assert event.traits == {"plan": "pro"}
    assert stored("identify", traits={"a": 1}, context={"traits": {"b": 2}}).traits == {"a": 1}
    assert stored("track", context={"traits": {"b": 2}}).traits == {}


def test_times_that_are_none_are_kept_as_they_were_written() -> None:
    event = stored(timestamp={"odd": [1]}, originalTimestamp="earlier", sentAt="yesterday")

    assert event.original_timestamp == '{"odd":[1]}'
    assert event.sent_at is None
    assert event.extra == {"clientFields": {"originalTimestamp": "earlier", "sentAt": "yesterday"}}


@pytest.mark.parametrize(
    ("written", "moment"),
    [
        ("2026-03-01T12:00:00.000Z", NOON),
        ("2026-03-01T12:00:00", NOON),
        ("2026-03-01T14:00:00+02:00", NOON),
        ("2026-03-01T12:00:00.0000000+00:00", NOON),
        ("2026-03-01T12:00:00.000000+00:00", NOON),
        ("2026-03-01", NOON.replace(hour=0)),
        ("0000-00-00T00:00:00Z", None),
        ("99999-01-01T00:00:00Z", None),
        ("0001-01-01T00:00:00+23:59", None),
        ("1735689600000", None),
        ("soon", None),
        ("2026-03-01T12:00:00Z" + " " * 60, None),
        (1735689600000, None),
        (None, None),
        (["2026-03-01"], None),
    ],
)
def test_the_times_that_clients_write(written: object, moment: datetime | None) -> None:
    assert moment_of(written) == moment
