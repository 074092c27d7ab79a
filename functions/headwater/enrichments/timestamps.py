"""When it happened, on our clock: the client's time, corrected by how wrong its clock was on sending.

`timestamp = receivedAt − (sentAt − originalTimestamp)` (Segment's spec, common fields; reference 12).
Clients omit parts, hold batches back, or live in 1970, so each absurd step falls back to the next
simpler one. `originalTimestamp` stays as the client wrote it.
"""

from datetime import UTC, datetime

from headwater.enrichments.finding import Changes
from headwater.record import StoredEvent
from headwater.wire.acceptance import moment_of
from headwater.wire.request import Received

_EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)


def timestamps(event: StoredEvent, received: Received) -> Changes:
    """Set `timestamp`; never later than the arrival, and the arrival when nothing better is known."""
    original = moment_of(event.original_timestamp)
    return {"timestamp": _happened(original, event.sent_at, received.at)}


def _happened(
    original: datetime | None, sent_at: datetime | None, received_at: datetime
) -> datetime:
    if original is None:
        return received_at
    corrected = _corrected(original, sent_at, received_at)
    if corrected is not None and corrected >= _EARLIEST:
        return min(corrected, received_at)
    return min(original, received_at) if original >= _EARLIEST else received_at


def _corrected(
    original: datetime, sent_at: datetime | None, received_at: datetime
) -> datetime | None:
    if sent_at is None:
        return None
    try:
        return received_at - (sent_at - original)
    except OverflowError:
        return None
