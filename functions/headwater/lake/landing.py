"""How the stream's lines land in the bucket: split by one byte, never parsed, so data cannot fail it.

Landing is at-least-once. A batch that is tried again writes the same objects under the same keys; a
batch cut differently writes some lines twice, and the compactor and the `events` view drop the second.
"""

import gzip
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from headwater.lake.keys import raw_key, rejected_key
from headwater.ports import ObjectStore
from headwater.record import REJECTED_MARK


@dataclass(frozen=True, slots=True)
class LandingRecord:
    """A record of the stream as its consumer sees it: where it stood, when it arrived, its lines."""

    shard: str
    sequence: str
    arrived_at: datetime
    lines: bytes


@dataclass(frozen=True, slots=True)
class Landed:
    """What a batch became: how many lines of each kind, and the objects that hold them."""

    accepted: int
    rejected: int
    objects: tuple[str, ...]


def land(records: Iterable[LandingRecord], store: ObjectStore) -> Landed:
    """Write a batch's accepted lines under raw/ and its rejected ones under rejected/, by arrival hour.

    Raises DependencyError when the store refuses; the whole batch is then tried again, harmlessly.
    """
    accepted = rejected = 0
    objects: list[str] = []
    for group in _by_shard_and_hour(records):
        taken, refused = _split(record.lines for record in group)
        accepted, rejected = accepted + len(taken), rejected + len(refused)
        first, last = group[0], group[-1]
        for lines, key_of in ((taken, raw_key), (refused, rejected_key)):
            if lines:
                key = key_of(first.arrived_at, first.shard, first.sequence, last.sequence)
                store.put(key, _compressed(lines))
                objects.append(key)
    return Landed(accepted, rejected, tuple(objects))


def _by_shard_and_hour(records: Iterable[LandingRecord]) -> Iterator[list[LandingRecord]]:
    groups: dict[tuple[str, datetime], list[LandingRecord]] = {}
    for record in records:
        hour = record.arrived_at - timedelta(
            minutes=record.arrived_at.minute,
            seconds=record.arrived_at.second,
            microseconds=record.arrived_at.microsecond,
        )
        groups.setdefault((record.shard, hour), []).append(record)
    yield from groups.values()


def _split(records: Iterable[bytes]) -> tuple[list[bytes], list[bytes]]:
    """Part the lines by their first byte; the mark is for us, so it is not landed."""
    taken: list[bytes] = []
    refused: list[bytes] = []
    for lines in records:
        for line in lines.split(b"\n"):
            if line.startswith(REJECTED_MARK):
                refused.append(line.removeprefix(REJECTED_MARK))
            elif line:
                taken.append(line)
    return taken, refused


def _compressed(lines: list[bytes]) -> bytes:
    # No clock in the gzip header: the same lines are the same bytes, so a repeat changes nothing.
    return gzip.compress(b"\n".join([*lines, b""]), compresslevel=6, mtime=0)
