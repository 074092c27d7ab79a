"""The queued message: what is packed comes back, and fits."""

import orjson
import pytest
from headwater.destination import Delivery, deliveries
from headwater.ports import QueueMessage
from headwater.record import StoredEvent
from hypothesis import given
from hypothesis import strategies as st

from tests.examples import NOON, a_stored_track
from tests.unit.destinations.hostile import stored_events


@given(st.lists(stored_events(), min_size=1, max_size=3), st.integers(0, 200))
def test_a_message_reads_back_as_it_was_written(events: list[StoredEvent], attempt: int) -> None:
    delivery = Delivery(destination_id="crm", events=tuple(events), first_at=NOON, attempt=attempt)

    message = delivery.to_message(delay_seconds=7)

    read = Delivery.from_json(orjson.loads(message.body))
    # Times are stored to the millisecond.
    assert [event.to_line() for event in read.events] == [event.to_line() for event in events]
    assert (read.destination_id, read.first_at, read.attempt) == ("crm", NOON, attempt)
    assert (message.group, message.delay_seconds) == ("crm", 7)


@given(st.lists(st.integers(0, 5_000), max_size=40))
def test_packing_keeps_every_event_once_in_order_and_every_message_in_bounds(
    sizes: list[int],
) -> None:
    events = [
        a_stored_track(f"message-{number}", properties={"padding": "é" * size})
        for number, size in enumerate(sizes)
    ]

    packed = deliveries(events, destination_id="crm", first_at=NOON, max_bytes=20_000)

    assert [event for delivery in packed for event in delivery.events] == events
    for delivery in packed:
        assert len(delivery.to_message().body.encode()) <= 20_000 or len(delivery.events) == 1


def test_packing_fills_each_message_before_the_next() -> None:
    events = [a_stored_track(f"message-{n}", properties={"x": "y" * 60_000}) for n in range(7)]

    packed = deliveries(events, destination_id="crm", first_at=NOON)

    assert [len(delivery.events) for delivery in packed] == [3, 3, 1]


def test_nothing_to_deliver_is_no_message() -> None:
    assert deliveries([], destination_id="crm", first_at=NOON) == ()


@pytest.mark.parametrize(
    "message",
    [
        None,
        [],
        {},
        "text",
        {"v": 2, "destination_id": "crm", "events": [], "first_at": "2026-03-01T12:00:00Z"},
        {"v": 1, "destination_id": "crm", "events": [{}], "first_at": "x", "attempt": 0},
        {"v": 1, "destination_id": "crm", "events": 7, "first_at": "x", "attempt": 0},
    ],
)
def test_what_is_no_delivery_is_refused(message: object) -> None:
    with pytest.raises((KeyError, TypeError, ValueError)):
        Delivery.from_json(message)


def test_a_representation_shows_no_event() -> None:
    delivery = Delivery(destination_id="crm", events=(a_stored_track(),), first_at=NOON)

    assert "device-1" not in repr(delivery)
    assert isinstance(delivery.to_message(), QueueMessage)
