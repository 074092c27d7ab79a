"""The queued message: some events on their way to one destination."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import orjson

from headwater.ports import QueueMessage
from headwater.record import StoredEvent, from_iso, to_iso

VERSION = 1

# The destination builds its requests from whole events, so a mapping fix applies to what is queued.
# SQS bills and bounds by size: 200 KB leaves room for what a retry adds (design 9).
MAX_MESSAGE_BYTES = 200_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """Events for one destination, since when they are under way, and how often it was tried."""

    destination_id: str
    events: tuple[StoredEvent, ...] = field(repr=False)
    first_at: datetime
    attempt: int = 0

    def to_json(self) -> dict[str, Any]:
        """Return the message's JSON object."""
        return {
            "v": VERSION,
            "destination_id": self.destination_id,
            "events": [event.to_json() for event in self.events],
            "first_at": to_iso(self.first_at),
            "attempt": self.attempt,
        }

    @classmethod
    def from_json(cls, message: Any) -> "Delivery":
        """Read a message back; raises KeyError, TypeError or ValueError for what is none."""
        if message["v"] != VERSION:
            raise ValueError(f"a delivery of version {VERSION} was expected")
        return cls(
            destination_id=message["destination_id"],
            events=tuple(StoredEvent.from_json(event) for event in message["events"]),
            first_at=from_iso(message["first_at"]),
            attempt=int(message["attempt"]),
        )

    def to_message(self, *, delay_seconds: int = 0) -> QueueMessage:
        """Return the message as the queue takes it."""
        body = orjson.dumps(self.to_json()).decode()
        # SQS refuses two characters that JSON allows bare (SendMessage, "valid characters").
        body = body.replace("\ufffe", "\\ufffe").replace("\uffff", "\\uffff")
        return QueueMessage(body, group=self.destination_id, delay_seconds=delay_seconds)


def deliveries(
    events: Iterable[StoredEvent],
    *,
    destination_id: str,
    first_at: datetime,
    max_bytes: int = MAX_MESSAGE_BYTES,
) -> tuple[Delivery, ...]:
    """Pack the events for one destination, in order, into as few messages as fit.

    An event that is too large by itself gets a message of its own.
    """
    packed: list[list[StoredEvent]] = []
    # The frame around the events is under 200 bytes: an id of 40, a time of 24, names and commas.
    room = 0
    for event in events:
        size = len(event.to_line())
        if not packed or size > room:
            packed.append([])
            room = max_bytes - 200
        packed[-1].append(event)
        room -= size
    return tuple(
        Delivery(destination_id=destination_id, events=tuple(part), first_at=first_at)
        for part in packed
    )
