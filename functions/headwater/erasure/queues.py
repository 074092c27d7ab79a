"""The messages of a queue, looked through without taking anybody's.

Each is borrowed until all were seen, so that none comes twice, and given back; one that holds the
person's events is replaced by one with the rest. What is in another's hands meanwhile is the
forwarder's, who leaves out the suppressed himself.
"""

from dataclasses import dataclass

import orjson

from headwater.erasure.batches import clean_delivery
from headwater.erasure.ledger import Ledger
from headwater.erasure.lines import Cleaned, Whose
from headwater.erasure.objects import cleaned_or_gone, counted
from headwater.erasure.outside import Outside
from headwater.ports import QueueMessage, WaitingMessage, WaitingQueue

# Long enough for a hundred thousand messages, SQS's most in flight; then they come back by themselves.
HIDDEN_SECONDS = 600
# A queue of many servers may say "nothing" once while it has some.
_EMPTY_ANSWERS = 2


@dataclass(frozen=True, slots=True)
class Messages:
    """A queue, by the name it has outside."""

    name: str

    def run(self, ledger: Ledger, whose: Whose, outside: Outside) -> bool:
        """Look through the queue; False when time ended first, and then all of it is looked at again."""
        queue = outside.queues[self.name]
        borrowed: list[WaitingMessage] = []
        seen: set[str] = set()
        empty = 0
        try:
            while empty < _EMPTY_ANSWERS:
                if not outside.may_go_on():
                    return False
                received = queue.receive(hidden_seconds=HIDDEN_SECONDS)
                empty = 0 if received else empty + 1
                for message in received:
                    if not self._cleaned(message, queue, ledger, whose):
                        borrowed.append(message)
                if not seen.isdisjoint(message.id for message in received):
                    break  # round once: the first of them have come back
                seen.update(message.id for message in received)
                outside.show(self.name, len(seen), len(seen) + 10)
            return True
        finally:
            for message in borrowed:
                queue.give_back(message)

    def _cleaned(
        self, message: WaitingMessage, queue: WaitingQueue, ledger: Ledger, whose: Whose
    ) -> bool:
        """Replace the message where the person is in it, and tell whether it was so."""
        cleaned = cleaned_or_gone(
            message.body.encode("utf-8", "surrogatepass"), whose, clean_delivery
        )
        if not cleaned.changed:
            return False
        ledger.effect(
            message.id,
            self.name,
            counted(cleaned),
            lambda: _replace(message, cleaned, queue),
        )
        return True


def _replace(message: WaitingMessage, cleaned: Cleaned, queue: WaitingQueue) -> None:
    if cleaned.body is not None:
        group = message.group or str(orjson.loads(cleaned.body).get("destination_id"))
        queue.send([QueueMessage(cleaned.body.decode(), group=group)])
    queue.delete(message)
