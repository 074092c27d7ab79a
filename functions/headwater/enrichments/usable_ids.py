"""Which of the event's ids may stand for somebody: what stitcher, views and partition key read.

The ids as received stay in the event; a placeholder such as `"undefined"` stands for nobody here.
"""

from copy import replace

from headwater.ids import usable_id
from headwater.record import Identity, StoredEvent
from headwater.wire.request import Received


def usable_ids(event: StoredEvent, _: Received) -> StoredEvent:
    """Set `identity` to the usable ids, None for the others."""
    return replace(
        event,
        identity=Identity(
            anonymous_id=usable_id(event.anonymous_id),
            user_id=usable_id(event.user_id),
            previous_id=usable_id(event.previous_id),
            group_id=usable_id(event.group_id),
        ),
    )
