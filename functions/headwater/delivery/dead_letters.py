"""Messages that the forwarder itself kept failing on: back to the queue, once the forwarder is mended."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

import orjson

from headwater.destination import Delivery
from headwater.ports import Queue, WaitingMessage, WaitingQueue

# Longer than a whole run: what stays in the queue is looked at once.
HIDDEN_SECONDS = 900


def revive(
    letters: WaitingQueue, queue: Queue, *, destination_id: str | None, now: datetime
) -> Iterator[bool]:
    """Queue every message as if it were new; yields for each whether it went.

    Its old age counts no more, or it would be given up at once. Those of other destinations stay, and
    those that are no delivery. It is queued before it is removed: never lost, perhaps twice.
    """
    while received := letters.receive(hidden_seconds=HIDDEN_SECONDS):
        for letter in received:
            delivery = _read(letter)
            goes = delivery is not None and destination_id in (None, delivery.destination_id)
            if delivery is not None and goes:
                queue.send([replace(delivery, first_at=now, attempt=0).to_message()])
                letters.delete(letter)
            yield goes


def _read(letter: WaitingMessage) -> Delivery | None:
    try:
        return Delivery.from_json(orjson.loads(letter.body))
    except (KeyError, TypeError, ValueError):
        return None
