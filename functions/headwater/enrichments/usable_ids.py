"""Which of the event's ids may stand for somebody: what stitcher, views and partition key read.

The ids as received stay in the event; a placeholder such as `"undefined"` stands for nobody here.
"""

from headwater.enrichments.finding import Changes
from headwater.ids import usable_id
from headwater.record import Identity, StoredEvent
from headwater.wire.request import Received


def usable_ids(event: StoredEvent, received: Received) -> Changes:
    """Set `identity` to the usable ids, None for the others."""
    claimed = (event.anonymous_id, event.user_id, event.previous_id, event.group_id)
    return received.once(_usable, claimed)


def _usable(_: Received, claimed: tuple[str | None, ...]) -> Changes:
    anonymous_id, user_id, previous_id, group_id = map(usable_id, claimed)
    return {
        "identity": Identity(
            anonymous_id=anonymous_id,
            user_id=user_id,
            previous_id=previous_id,
            group_id=group_id,
        )
    }
