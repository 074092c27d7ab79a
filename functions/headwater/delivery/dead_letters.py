"""Messages that the forwarder itself kept failing on: back to the queue, once the forwarder is mended."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Protocol

import orjson

from headwater.destination import Delivery
from headwater.ports import Queue


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A message of the dead-letter queue; `receipt` is what removes it."""

    body: str = field(repr=False)
    receipt: str = field(repr=False)


class DeadLetters(Protocol):
    """The dead-letter queue. Every method raises `DependencyError` when it does not answer."""

    def receive(self) -> Sequence[DeadLetter]:
        """Take a few messages, which nobody else sees for some minutes; none when there are no more."""
        ...

    def forget(self, letter: DeadLetter) -> None:
        """Remove a message for good."""
        ...


def revive(
    letters: DeadLetters, queue: Queue, *, destination_id: str | None, now: datetime
) -> Iterator[bool]:
    """Queue every message as if it were new; yields for each whether it went.

    Its old age counts no more, or it would be given up at once. Those of other destinations stay, and
    those that are no delivery. It is queued before it is removed: never lost, perhaps twice.
    """
    while received := letters.receive():
        for letter in received:
            delivery = _read(letter)
            goes = delivery is not None and destination_id in (None, delivery.destination_id)
            if delivery is not None and goes:
                queue.send([replace(delivery, first_at=now, attempt=0).to_message()])
                letters.forget(letter)
            yield goes


def _read(letter: DeadLetter) -> Delivery | None:
    try:
        return Delivery.from_json(orjson.loads(letter.body))
    except (KeyError, TypeError, ValueError):
        return None
