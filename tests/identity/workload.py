"""A day of a shop's returning visitors, to count what they cost."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from random import Random

from headwater.record import Identity, SourceReference, StoredEvent

MORNING = datetime(2026, 3, 2, 8, tzinfo=UTC)


def visit(visitor: int, *, pages: int, start: datetime) -> Iterator[StoredEvent]:
    """One visit of somebody who is logged in: an identify when it begins, then pages."""
    identity = Identity(anonymous_id=f"device-{visitor}", user_id=f"user-{visitor}")
    for page in range(pages):
        at = start + timedelta(seconds=20 * page)
        yield StoredEvent(
            type="identify" if page == 0 else "page",
            message_id=f"{visitor}-{start:%d%H%M}-{page}",
            timestamp=at,
            received_at=at,
            source=SourceReference("shop-web", "browser"),
            traits={"plan": "pro"} if page == 0 else {},
            identity=identity,
        )


def day(*, visitors: int, pages: int, random: Random) -> list[StoredEvent]:
    """Return the visits of a day, mixed as they arrive."""
    events = [
        event
        for visitor in range(visitors)
        for event in visit(
            visitor,
            pages=pages,
            start=MORNING + timedelta(seconds=random.randrange(8 * 3600)),
        )
    ]
    return sorted(events, key=lambda event: event.received_at)


def batches(events: list[StoredEvent], size: int) -> Iterator[list[StoredEvent]]:
    """Cut the day into the batches a shard would deliver."""
    for start in range(0, len(events), size):
        yield events[start : start + size]
