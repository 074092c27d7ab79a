"""Running events through the stitcher and the change log over a table, in the test's own process."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from random import Random
from typing import Any

import pytest
from headwater.adapters.dynamodb import DynamoTable
from headwater.identity.change_log import log_changes
from headwater.identity.changes import ItemChange
from headwater.identity.links import DEFAULT_POLICY
from headwater.identity.store import IdentityStore
from headwater.ports import QueueMessage, Table, WriteResult
from headwater.record import StoredEvent
from headwater.stitch import stitch
from headwater.workspace import IdentityPolicy

from tests.dynamodb_tables import a_table
from tests.fakes import MemoryStore
from tests.identity.memory_table import Change
from tests.identity.stored import record

NOW = datetime(2026, 3, 10, tzinfo=UTC)


class NoQueue:
    """A queue nobody sends to: these runs have no destinations."""

    def send(self, messages: Sequence[QueueMessage]) -> None:
        raise AssertionError(messages)


def run(
    events: Sequence[StoredEvent],
    table: Table,
    random: Random,
    *,
    max_users: int,
    workers: int = 3,
    policy: IdentityPolicy = DEFAULT_POLICY,
) -> None:
    """Deliver the events in this order, in batches of random size, each to one of the workers."""
    stores = [IdentityStore(table, max_users_per_device=max_users) for _ in range(workers)]
    position = 0
    while position < len(events):
        batch: list[StoredEvent] = []
        records = []
        for number in range(random.randint(1, 4)):
            batch = list(events[position : position + random.randint(1, 3)])
            position += len(batch)
            records.append(record(*batch, sequence=number))
        stitched = stitch(
            records,
            store=random.choice(stores),
            configured=(),
            queue=NoQueue(),
            objects=MemoryStore(),
            now=NOW,
            policy=policy,
        )
        assert stitched.failed_from is None
        assert stitched.set_aside == 0


def shuffled[Event](events: Sequence[Event], random: Random) -> list[Event]:
    """The events in some order, some of them twice."""
    chosen = [*events, *random.choices(events, k=len(events) // 3 + 1)]
    random.shuffle(chosen)
    return chosen


def log_all(stream: Iterable[Change], table: Table) -> MemoryStore:
    """Run the change log over the table's stream; return the bucket it wrote to."""
    objects = MemoryStore()
    changes = [
        ItemChange(f"{number:021}", change.pk, change.sk, NOW, change.old, change.new)
        for number, change in enumerate(stream)
    ]
    if changes:
        log_changes(
            changes,
            table=table,
            objects=objects,
            object_key=lambda at, batch: f"identity_changes/dt={at:%Y-%m-%d}/{batch}.ndjson.gz",
        )
    return objects


class StreamingTable:
    """A real table with its stream kept beside it; for one writer at a time."""

    def __init__(self, table: DynamoTable) -> None:
        self._table = table
        self.stream: list[Change] = []

    def get(self, pk: str, sk: str, *, consistent: bool = False) -> Mapping[str, Any] | None:
        return self._table.get(pk, sk, consistent=consistent)

    def query(
        self, pk: str, *, sk_prefix: str = "", consistent: bool = False
    ) -> Iterator[Mapping[str, Any]]:
        return self._table.query(pk, sk_prefix=sk_prefix, consistent=consistent)

    def update(
        self,
        pk: str,
        sk: str,
        *,
        update: str,
        condition: str | None,
        names: Mapping[str, str],
        values: Mapping[str, Any],
    ) -> WriteResult:
        old = self._table.get(pk, sk, consistent=True)
        result = self._table.update(
            pk, sk, update=update, condition=condition, names=names, values=values
        )
        if result.applied:
            self.stream.append(Change(pk, sk, old, result.item))
        return result


@contextmanager
def identity_table(monkeypatch: pytest.MonkeyPatch) -> Iterator[DynamoTable]:
    """The identity table on moto."""
    with a_table(monkeypatch, "identity") as table:
        yield table
