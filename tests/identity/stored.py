"""Stored events for identity tests, made from Segment messages the way the collector does."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from headwater.identity.lines import Record
from headwater.ids import usable_id
from headwater.record import Identity, SourceKind, SourceReference, StoredEvent, from_iso


def stored(message: Mapping[str, Any], kind: SourceKind = "server") -> StoredEvent:
    said = from_iso(message["timestamp"])
    received = from_iso(message.get("receivedAt", message["timestamp"]))
    sent = from_iso(message["sentAt"]) if "sentAt" in message else None
    timestamp: datetime = said if sent is None else received - (sent - said)
    return StoredEvent(
        type=message["type"],
        message_id=message["messageId"],
        timestamp=timestamp,
        received_at=received,
        sent_at=sent,
        source=SourceReference("shop", kind),
        event=message.get("event"),
        traits=message.get("traits", {}),
        group_id=message.get("groupId"),
        identity=Identity(
            anonymous_id=usable_id(message.get("anonymousId")),
            user_id=usable_id(message.get("userId")),
            previous_id=usable_id(message.get("previousId")),
            group_id=usable_id(message.get("groupId")),
        ),
    )


def record(*events: StoredEvent, sequence: int = 1) -> Record:
    """One record of the stream holding these events."""
    return Record(
        f"shardId-000000000000:{sequence}",
        str(sequence),
        b"".join(event.to_line() for event in events),
    )


def records(events: Sequence[StoredEvent]) -> list[Record]:
    """One record an event, in order."""
    return [record(event, sequence=number) for number, event in enumerate(events, 1)]
