"""One DynamoDB table in memory, with its stream of changes."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from headwater.ports import WriteResult

from tests.identity.expressions import Condition, Item, updated


@dataclass(frozen=True)
class Change:
    """What the table's stream says about one write."""

    pk: str
    sk: str
    old: Item | None
    new: Item | None


class MemoryTable:
    """`ports.Table` in memory; counts what it was asked and keeps its stream."""

    def __init__(self) -> None:
        self.items: dict[tuple[str, str], Item] = {}
        self.stream: list[Change] = []
        self.reads = 0
        self.writes = 0
        self.refused = 0

    @property
    def operations(self) -> int:
        return self.reads + self.writes + self.refused

    def get(self, pk: str, sk: str, *, consistent: bool = False) -> Mapping[str, Any] | None:
        self.reads += 1
        return self.items.get((pk, sk))

    def query(
        self, pk: str, *, sk_prefix: str = "", consistent: bool = False
    ) -> Iterable[Mapping[str, Any]]:
        self.reads += 1
        found = [key for key in self.items if key[0] == pk and key[1].startswith(sk_prefix)]
        return [self.items[key] for key in sorted(found)]

    def scan(self, *, after: tuple[str, str] | None = None) -> Iterable[Mapping[str, Any]]:
        self.reads += 1
        return [item for key, item in sorted(self.items.items()) if after is None or key > after]

    def delete(self, pk: str, sk: str) -> None:
        self.writes += 1
        old = self.items.pop((pk, sk), None)
        if old is not None:
            self.stream.append(Change(pk, sk, old, None))

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
        old = self.items.get((pk, sk))
        if condition and not Condition(condition, names, values).holds(old or {}):
            self.refused += 1
            return WriteResult(applied=False, item=old)
        self.writes += 1
        new = updated(old or {"pk": pk, "sk": sk}, update, names, values)
        self.items[pk, sk] = new
        self.stream.append(Change(pk, sk, old, new))
        return WriteResult(applied=True, item=new)
