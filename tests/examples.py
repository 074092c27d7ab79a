"""The smallest valid example of each thing that tests begin from; override what matters."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from headwater.record import Identity, SourceReference, StoredEvent

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def a_stored_track(message_id: str = "message-1", **overrides: Any) -> StoredEvent:
    """One stored track of a visitor who is known, as the stitcher delivers it."""
    event = StoredEvent(
        type="track",
        message_id=message_id,
        timestamp=NOON,
        received_at=NOON,
        source=SourceReference("shop-web", "browser"),
        anonymous_id="device-1",
        user_id="user-1",
        event="Boots Tried",
        properties={"size": 42},
        context={"page": {"path": "/boots"}},
        identity=Identity(anonymous_id="device-1", user_id="user-1", person_id="person-1"),
    )
    return replace(event, **overrides)
