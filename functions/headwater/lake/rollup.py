"""Once a night: the many small Parquet files of a date become one, so that a query opens fewer.

The new file is added, then the old ones are deleted; between the two a query sees their events twice,
for about a second a date (docs/athena.md). What is about to be swapped is written down first, so after a
crash any later run finishes it: the new file is there and the old ones go, or it is not and they stay.
A copy of an event in two files of the date is dropped on the way.
"""

import shutil
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

import orjson

from headwater.lake import parquet
from headwater.lake.compaction import SLICE_BYTES, Busy, download, slices
from headwater.lake.keys import EVENTS, SWAPS, parquet_key, swap_key
from headwater.lake.leases import Lease, acquire, release
from headwater.ports import ObjectStore


@dataclass(frozen=True, slots=True)
class RolledUp:
    """So many files of a date became one."""

    name: str  # the date
    files: int
    rows: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RollUp:
    """What a roll-up works with: the bucket, a local directory, a clock, and how long it may live.

    Files are put together up to `max_bytes`; two neighbours that exceed it stay apart. `lease_for` must
    be longer than the process can live.
    """

    store: ObjectStore
    directory: Path
    now: Callable[[], datetime]
    lease_for: timedelta
    max_bytes: int = SLICE_BYTES

    def run(self, may_start: Callable[[], bool] = lambda: True) -> Iterator[RolledUp | Busy]:
        """Roll up every date before today that has several files, oldest first.

        `may_start` is asked before each new file, so a run ends between swaps and never inside one.
        """
        today = self.now().date().isoformat()
        files = Counter(_dt(entry.key, EVENTS) for entry in self.store.list(EVENTS))
        for name in sorted(name for name, count in files.items() if count > 1 and name < today):
            if not may_start():
                return
            lease = self._lease(name)
            if lease is None:
                yield Busy(name)
                continue
            yield from self._roll_up(name, may_start)
            release(self.store, lease, now=self.now())

    def finish(self) -> Iterator[Busy]:
        """Finish the swaps that a crash left half done."""
        for name in sorted({_dt(entry.key, SWAPS) for entry in self.store.list(SWAPS)}):
            lease = self._lease(name)
            if lease is None:
                yield Busy(name)
                continue
            finish_swaps(self.store, name)
            release(self.store, lease, now=self.now())

    def _roll_up(self, name: str, may_start: Callable[[], bool]) -> Iterator[RolledUp]:
        finish_swaps(self.store, name)
        # Listed again now that the date is ours.
        for objects in slices(self.store.list(f"{EVENTS}dt={name}/"), self.max_bytes):
            if len(objects) > 1:
                if not may_start():
                    return
                yield self._swap(name, [entry.key for entry in objects])

    def _swap(self, name: str, old: Sequence[str]) -> RolledUp:
        shutil.rmtree(self.directory, ignore_errors=True)
        self.directory.mkdir(parents=True)
        new = parquet_key(date.fromisoformat(name), old)
        path = self.directory / "rolled-up.parquet"
        files = download(self.store, old, self.directory, ".parquet")
        with parquet.connect(self.directory) as connection:
            rows = parquet.merge(connection, files, path)
        swap = swap_key(new)
        self.store.put(swap, orjson.dumps({"new": new, "old": old}))
        self.store.upload(path, new)
        _take_away(self.store, old, swap)
        return RolledUp(name, len(old), rows)

    def _lease(self, name: str) -> Lease | None:
        """Take the date: no compactor reads or adds to it meanwhile."""
        now = self.now()
        return acquire(self.store, f"events/dt={name}", now=now, until=now + self.lease_for)


def finish_swaps(store: ObjectStore, name: str) -> None:
    """Finish what a crash left half done on a date whose lease is held: the old files go, or stay."""
    for entry in list(store.list(f"{SWAPS}dt={name}/")):
        swap = orjson.loads(store.get(entry.key))
        added = any(found.key == swap["new"] for found in store.list(swap["new"]))
        _take_away(store, swap["old"] if added else (), entry.key)


def _take_away(store: ObjectStore, old: Sequence[str], swap: str) -> None:
    for key in old:
        store.delete(key)
    store.delete(swap)


def _dt(key: str, prefix: str) -> str:
    return key.removeprefix(f"{prefix}dt=").split("/", 1)[0]
