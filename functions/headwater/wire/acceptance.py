"""A valid message becomes the event we store: Segment's fields as received, and who sent them when.

What our own columns cannot hold is kept under `clientFields`: a client's field named like one of
ours, a second time stamp, a `sentAt` that is no time.
"""

from datetime import UTC, datetime
from typing import Any

import orjson

from headwater.events import Message
from headwater.record import SERVER_KEYS, Identity, Privacy, StoredEvent
from headwater.wire.request import Received

# No ISO 8601 time is longer; anything longer is not worth reading.
_MAX_TIME_CHARACTERS = 64

# What every event is until more is known; both are frozen.
_NOBODY, _FULL = Identity(), Privacy()


def accepted(message: Message, received: Received) -> StoredEvent:
    """Return the event to store, before any enrichment; its `timestamp` is the arrival so far."""
    extra = dict(message.model_extra or {})
    # As they were sent: in a set's order, which is each process's own, the line would be too.
    displaced = {name: extra.pop(name) for name in tuple(extra) if name in SERVER_KEYS}
    claimed = message.timestamp if message.timestamp is not None else message.original_timestamp
    if message.original_timestamp not in (None, claimed):
        displaced["originalTimestamp"] = message.original_timestamp
    sent_at = moment_of(message.sent_at)
    if sent_at is None and message.sent_at is not None:
        displaced["sentAt"] = message.sent_at
    if displaced:
        extra["clientFields"] = displaced
    # As a whole: to set 23 fields of a frozen event one by one was half of the acceptance.
    return StoredEvent.of(
        {
            "type": message.type,
            "message_id": message.message_id,
            "timestamp": received.at,
            "received_at": received.at,
            "source": received.source,
            "anonymous_id": message.anonymous_id,
            "user_id": message.user_id,
            "previous_id": message.previous_id,
            "group_id": message.group_id,
            "event": message.event,
            "name": message.name,
            "category": message.category,
            "properties": message.properties,
            "traits": _traits(message),
            "context": message.context,
            "integrations": message.integrations,
            "original_timestamp": _text(claimed),
            "sent_at": sent_at,
            "identity": _NOBODY,
            "enrichment": {},
            "privacy": _FULL,
            "violations": (),
            "extra": extra,
        }
    )


def moment_of(written: object) -> datetime | None:
    """Read a client's time: ISO 8601, UTC where it names no zone; None when it is none."""
    if not isinstance(written, str) or len(written) > _MAX_TIME_CHARACTERS:
        return None
    try:
        moment = datetime.fromisoformat(written)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _traits(message: Message) -> dict[str, Any]:
    # RudderStack's identify carries its traits in the context only.
    common = message.context.get("traits")
    if message.type == "identify" and not message.traits and isinstance(common, dict):
        return common
    return message.traits


def _text(written: object) -> str | None:
    if written is None or isinstance(written, str):
        return written
    return orjson.dumps(written).decode()
