"""The change log told anew from the table itself: every day, and whenever its stream was lost.

A row says what a register holds, under the same `seq` as the change that made it so. So a snapshot
changes nothing that the views answer, and gives back what a gap in the log has taken from them.
"""

import gzip
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice
from typing import Any

import orjson

from headwater.identity.change_log import index, parent_of
from headwater.identity.changes import ChangeRow, ItemChange, merge_row, owner_row, refused_row
from headwater.identity.forest import root
from headwater.ports import ObjectStore, Table, WholeTable

# At 250 bytes a row some megabytes, written before the memory of a function is felt.
ITEMS_A_PART = 50_000

_CURSOR = ("S#changes", "C")


@dataclass(frozen=True, slots=True)
class Snapshot:
    """How far the snapshot of a day is. The table keeps it, so that any call goes on from there."""

    day: str = ""
    parts: int = 0
    after: tuple[str, str] | None = None  # the last item told
    whole: bool = True
    previous_day: str = ""
    previous_parts: int = 0


def take_snapshot(
    table: WholeTable,
    objects: ObjectStore,
    *,
    now: datetime,
    part_key: Callable[[datetime, str], str],
    has_time: Callable[[], bool] = lambda: True,
    afresh: bool = False,
    items_a_part: int = ITEMS_A_PART,
) -> Snapshot:
    """Tell the table in parts, once a day; remove the parts of the day before when it is whole.

    `afresh`: begin again even if today's is whole, and write also the edges that profiles are read
    by, which else only the change log writes.
    """
    told = _begun(table, now, afresh=afresh)
    while not told.whole and has_time():
        items = list(islice(table.scan(after=told.after), items_a_part))
        for item in items if afresh else ():
            index(item, table)
        rows = (row for item in items for row in _rows(item, table, now))
        body = b"".join(
            orjson.dumps(row.to_json(), option=orjson.OPT_APPEND_NEWLINE) for row in rows
        )
        objects.put(part_key(_noon(told.day), _part(told.parts)), gzip.compress(body, mtime=0))
        told = replace(
            told,
            parts=told.parts + 1,
            after=(items[-1]["pk"], items[-1]["sk"]) if items else told.after,
            whole=len(items) < items_a_part,
        )
        if told.whole and told.previous_day != told.day:
            for number in range(told.previous_parts):
                objects.delete(part_key(_noon(told.previous_day), _part(number)))
        _keep(told, table)
    return told


def _begun(table: Table, now: datetime, *, afresh: bool) -> Snapshot:
    """Go on with the snapshot there is; when it is whole, begin that of a new day."""
    item = table.get(*_CURSOR, consistent=True)
    last = Snapshot() if item is None else Snapshot(**orjson.loads(item["told"]))
    if last.after is not None:
        last = replace(last, after=(last.after[0], last.after[1]))  # JSON has no tuples
    today = f"{now:%Y-%m-%d}"
    if not afresh and (not last.whole or last.day == today):
        return last
    if last.whole:
        return Snapshot(today, whole=False, previous_day=last.day, previous_parts=last.parts)
    return replace(last, day=today, parts=0, after=None)


def _keep(told: Snapshot, table: Table) -> None:
    table.update(
        *_CURSOR,
        update="SET told=:told",
        condition=None,
        names={},
        values={":told": orjson.dumps(told).decode()},
    )


def _rows(item: Mapping[str, Any], table: Table, now: datetime) -> Iterator[ChangeRow]:
    """Return what an item says, as the row of its latest change."""
    change = ItemChange("", item["pk"], item["sk"], now, None, item)
    if change.pk.startswith("A#"):
        yield from filter(None, [owner_row(change)])
    elif change.pk.startswith("W#"):
        yield from filter(None, [refused_row(change)])
    elif change.pk.startswith("P#"):
        parent = item["parent"]
        top = root(parent, lambda person: parent_of(table, person))
        person = change.pk.removeprefix("P#")
        yield merge_row(person, parent=parent, root=top, at=now, message_id=item.get("mid"))


def _part(number: int) -> str:
    return f"snapshot-{number:05}"


def _noon(day: str) -> datetime:
    return datetime.fromisoformat(f"{day}T12:00:00+00:00")
