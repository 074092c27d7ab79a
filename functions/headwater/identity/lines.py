"""The lines of a batch: each is read by itself, and one that cannot be read stalls nobody."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import orjson

from headwater.identity.fold import Fact
from headwater.ports import ObjectStore
from headwater.record import REJECTED_MARK

# What a line can raise that our own collector did not write, or wrote before a defect was fixed.
_UNREADABLE = (AttributeError, KeyError, OverflowError, TypeError, ValueError)


@dataclass(frozen=True, slots=True)
class Record:
    """One record of a shard: its name for ever, its place in the shard, its lines."""

    id: str  # shard and sequence number, as Lambda names it
    sequence_number: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Unreadable:
    """The lines of one record that could not be read, each with its reason."""

    record_id: str
    lines: tuple[tuple[bytes, str], ...]


def read_lines[Read](
    records: Sequence[Record], read: Callable[[bytes], Read]
) -> tuple[list[Fact[Read]], list[Fact[Unreadable]]]:
    """Read every stored line with `read`; rejected lines are the lander's, and skipped.

    What `read` raises for a line becomes that line's reason.
    """
    understood: list[Fact[Read]] = []
    unreadable: list[Fact[Unreadable]] = []
    for position, record in enumerate(records):
        faults: list[tuple[bytes, str]] = []
        for line in record.data.split(b"\n"):
            if not line or line.startswith(REJECTED_MARK):
                continue
            try:
                understood.append(Fact(position, read(line)))
            except _UNREADABLE as error:
                faults.append((line, f"{type(error).__name__}: {error}"))
        if faults:
            unreadable.append(Fact(position, Unreadable(record.id, tuple(faults))))
    return understood, unreadable


def set_aside(unreadable: Unreadable, objects: ObjectStore) -> None:
    """Keep the lines in `failed/`, under a key that a retry of the batch writes again."""
    body = b"".join(
        orjson.dumps(
            {
                "reason": reason,
                "record": unreadable.record_id,
                "line": line.decode("utf-8", "backslashreplace"),
            },
            option=orjson.OPT_APPEND_NEWLINE,
        )
        for line, reason in unreadable.lines
    )
    objects.put(f"failed/stitcher/{unreadable.record_id.replace(':', '-')}.ndjson", body)


def count(unreadable: Iterable[Fact[Unreadable]]) -> int:
    """Return how many lines were set aside."""
    return sum(len(fact.said.lines) for fact in unreadable)
