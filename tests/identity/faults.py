"""Tables that fail or are counted."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from headwater.errors import DependencyError
from headwater.ports import Table, WriteResult


class FaultyTable:
    """A table that does not answer for the partitions that `fails` picks."""

    def __init__(self, table: Table, fails: Callable[[str], bool]) -> None:
        self._table = table
        self._fails = fails

    def _answer(self, pk: str) -> None:
        if self._fails(pk):
            raise DependencyError("the table does not answer")

    def get(self, pk: str, sk: str, *, consistent: bool = False) -> Mapping[str, Any] | None:
        self._answer(pk)
        return self._table.get(pk, sk, consistent=consistent)

    def query(
        self, pk: str, *, sk_prefix: str = "", consistent: bool = False
    ) -> Iterable[Mapping[str, Any]]:
        self._answer(pk)
        return self._table.query(pk, sk_prefix=sk_prefix, consistent=consistent)

    def update(self, pk: str, sk: str, **expressions: Any) -> WriteResult:
        self._answer(pk)
        return self._table.update(pk, sk, **expressions)
