"""A queue whose waiting messages can be borrowed: `ports.WaitingQueue` in memory."""

from collections.abc import Sequence

from headwater.ports import QueueMessage, WaitingMessage


class MemoryWaitingQueue:
    """Messages by id; what is borrowed is hidden until it is given back, or `reappear` is called."""

    def __init__(self) -> None:
        self.waiting: dict[str, QueueMessage] = {}
        self.hidden: set[str] = set()
        self._next = 0

    def send(self, messages: Sequence[QueueMessage]) -> None:
        for message in messages:
            self._next += 1
            self.waiting[f"id-{self._next:06}"] = message

    def receive(self, *, hidden_seconds: int) -> Sequence[WaitingMessage]:
        free = [id_ for id_ in self.waiting if id_ not in self.hidden][:10]
        self.hidden.update(free)
        return [
            WaitingMessage(id_, f"handle-{id_}", self.waiting[id_].body, self.waiting[id_].group)
            for id_ in free
        ]

    def delete(self, message: WaitingMessage) -> None:
        self.waiting.pop(message.id, None)

    def give_back(self, message: WaitingMessage) -> None:
        self.hidden.discard(message.id)

    def reappear(self) -> None:
        """Let the time pass after which borrowed messages come back by themselves."""
        self.hidden.clear()

    @property
    def bodies(self) -> list[str]:
        return sorted(message.body for message in self.waiting.values())
