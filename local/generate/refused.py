"""What the made-up shop's collector refused: a form that forgot its event's name, now and then."""

from collections.abc import Iterable, Iterator

import orjson
from headwater.outcomes import RejectCode
from headwater.record import REJECTED_MARK, StoredEvent, to_iso

_EVERY = 400  # events


def refused(events: Iterable[StoredEvent]) -> Iterator[tuple[StoredEvent, bytes]]:
    """Yield some events again as if they had been refused, with the rejected line."""
    for number, event in enumerate(events):
        if number % _EVERY == 0:
            line = {
                "code": RejectCode.EVENT_NOT_DEFINED,
                "path": "event",
                "message": "A track call needs the event's name.",
                "sourceId": event.source.id,
                "receivedAt": to_iso(event.received_at),
                "original": {"type": "track", "messageId": f"nameless-{event.message_id}"},
            }
            yield event, REJECTED_MARK + orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE)
