"""The story of a batch of table changes: read → index → flatten → write to the lake.

The table's stream is the outbox: nobody writes to the table and to the lake (the identity reference,
B.5). Rows are absorbed by `seq` when a batch comes twice.
"""

import gzip
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from itertools import groupby
from typing import Any

import orjson

from headwater.identity.changes import (
    ChangeRow,
    ItemChange,
    merge_row,
    new_users,
    owner_row,
    refused_row,
)
from headwater.identity.forest import root
from headwater.ports import ObjectStore, Table


def log_changes(
    changes: Sequence[ItemChange],
    *,
    table: Table,
    objects: ObjectStore,
    object_key: Callable[[datetime, str], str],
) -> int:
    """Write the rows of a batch, one object a day, and return how many there are.

    The key is made from the batch, so a retry writes the same object again.
    """
    rows = [row for change in changes for row in _rows(change, table)]
    for _, of_day in groupby(sorted(rows, key=_moment), key=_day):
        lines = list(of_day)
        body = b"".join(
            orjson.dumps(row.to_json(), option=orjson.OPT_APPEND_NEWLINE) for row in lines
        )
        batch = f"{changes[0].sequence_number}-{changes[-1].sequence_number}"
        objects.put(object_key(lines[0].changed_at, batch), gzip.compress(body, mtime=0))
    return len(rows)


def _rows(change: ItemChange, table: Table) -> Iterator[ChangeRow]:
    """Return what one change means, indexed for reading in the other direction first."""
    if change.pk.startswith("A#"):
        for user in new_users(change):
            _index(table, f"U#{user}", change.pk, {user})
        yield from filter(None, [owner_row(change)])
    elif change.pk.startswith("W#"):
        yield from filter(None, [refused_row(change)])
    elif change.pk.startswith("P#") and change.new is not None and change.old is None:
        yield from _flattened(change, change.new, table)


def _flattened(change: ItemChange, new: Mapping[str, Any], table: Table) -> Iterator[ChangeRow]:
    """Return a row for the absorbed person and for everybody who was counted as it before.

    Two merges of one chain may be logged side by side. Each is indexed before the root is looked
    up, with consistent reads, so whichever comes second sees the first.
    """
    person_id = change.pk.removeprefix("P#")
    _index(table, f"C#{new['parent']}", change.pk, new["us"])
    top = root(new["parent"], lambda below: parent_of(table, below))
    for absorbed, parent in [(person_id, new["parent"]), *_below(person_id, table)]:
        yield merge_row(absorbed, parent=parent, root=top, at=change.at, message_id=new.get("mid"))


def _below(person_id: str, table: Table) -> Iterator[tuple[str, str]]:
    """Walk the merge forest downwards: each person with the one directly above."""
    for edge in table.query(f"C#{person_id}", consistent=True):
        child = str(edge["sk"]).removeprefix("P#")
        yield child, person_id
        yield from _below(child, table)


def parent_of(table: Table, person_id: str) -> str | None:
    """Return the person directly above, as the last write left it; None for a root."""
    item = table.get(f"P#{person_id}", "F", consistent=True)
    return item["parent"] if item else None


def index(item: Mapping[str, Any], table: Table) -> None:
    """Write every edge that a device or an absorbed person stands for."""
    if item["pk"].startswith("A#"):
        for user in sorted(item.get("us", ())):
            _index(table, f"U#{user}", item["pk"], {user})
    elif item["pk"].startswith("P#"):
        _index(table, f"C#{item['parent']}", item["pk"], item["us"])


def _index(table: Table, pk: str, sk: str, users: Iterable[str]) -> None:
    """Write an edge for reading downwards: `U#user` → `A#device`, `C#parent` → `P#absorbed person`."""
    table.update(
        pk,
        sk,
        update="SET us=:users",
        condition="attribute_not_exists(us)",
        names={},
        values={":users": set(users)},
    )


def _moment(row: ChangeRow) -> datetime:
    return row.changed_at


def _day(row: ChangeRow) -> date:
    return row.changed_at.date()
