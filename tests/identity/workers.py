"""Workers whose every call to the table is a moment at which anything else may happen.

A worker is run by doing it again from the start of its batch with the answers it got so far, and
then one call more. So the real code runs, unchanged and without threads, and every interleaving can
be chosen and repeated.
"""

from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from copy import deepcopy
from typing import Any

from headwater.identity.cache import Cache
from headwater.identity.store import IdentityStore
from headwater.ports import Table, WriteResult
from headwater.record import StoredEvent
from headwater.stitch import stitch

from tests.fakes import MemoryStore
from tests.identity.expressions import Item
from tests.identity.memory_table import MemoryTable
from tests.identity.stored import records
from tests.identity.tables import NOW, NoQueue


class PausedError(BaseException):
    """The worker has made its one call. Nothing in the code under test catches this."""


class StaleTable(MemoryTable):
    """A table whose eventually consistent reads may be as old as one likes."""

    def __init__(self) -> None:
        super().__init__()
        self.staleness = 0

    def get(self, pk: str, sk: str, *, consistent: bool = False) -> Mapping[str, Any] | None:
        history: list[Item | None] = [
            None,
            *(change.new for change in self.stream if (change.pk, change.sk) == (pk, sk)),
        ]
        return history[max(0, len(history) - 1 - (0 if consistent else self.staleness))]


class SteppedTable:
    """Answers from memory what was asked before, then passes one call on, then pauses."""

    def __init__(self, table: Table, answers: list[Any]) -> None:
        self._table = table
        self._answers = answers
        self._asked = 0
        self._passed_on = False

    def _answer(self, ask: Callable[[], Any]) -> Any:
        if self._asked == len(self._answers):
            if self._passed_on:
                raise PausedError
            self._answers.append(ask())
            self._passed_on = True
        self._asked += 1
        return self._answers[self._asked - 1]

    def get(self, pk: str, sk: str, *, consistent: bool = False) -> Mapping[str, Any] | None:
        found: Mapping[str, Any] | None = self._answer(
            lambda: self._table.get(pk, sk, consistent=consistent)
        )
        return found

    def query(
        self, pk: str, *, sk_prefix: str = "", consistent: bool = False
    ) -> Iterable[Mapping[str, Any]]:
        raise NotImplementedError("the stitcher never queries")

    def update(self, pk: str, sk: str, **expressions: Any) -> WriteResult:
        result: WriteResult = self._answer(lambda: self._table.update(pk, sk, **expressions))
        return result


class Worker:
    """One container of the stitcher: its memory, what it has to do, and how far it is."""

    def __init__(self, table: Table, store: type[IdentityStore], *, max_users: int) -> None:
        self._table = table
        self._store = store
        self._max_users = max_users
        self._memory: list[dict[str, Any]] = []
        self._answers: list[Any] = []
        self.waiting: deque[Sequence[StoredEvent]] = deque()
        self.done: list[StoredEvent] = []

    def step(self) -> None:
        """Make one more call to the table, or finish the batch."""
        if not self.waiting:
            return
        store = self._store(
            SteppedTable(self._table, self._answers), max_users_per_device=self._max_users
        )
        for part, memory in zip((store, store.said), deepcopy(self._memory), strict=False):
            vars(part).update(memory)
        try:
            stitched = stitch(
                records(self.waiting[0]),
                store=store,
                configured=(),
                queue=NoQueue(),
                objects=MemoryStore(),
                now=NOW,
            )
        except PausedError:
            return
        assert stitched.failed_from is None, stitched.fault
        self.done += self.waiting.popleft()
        self._memory = [
            {name: value for name, value in vars(part).items() if isinstance(value, Cache)}
            for part in (store, store.said)
        ]
        self._answers.clear()

    def crash(self) -> None:
        """Lose everything but the batch, which will be delivered again."""
        self._memory = []
        self._answers.clear()
