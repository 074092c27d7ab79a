"""From raw lines to Parquet: each event once, in files that are only ever added.

A slice of raw objects is read → staged → deduplicated against the Parquet of its dates → written →
added → archived. Every step is harmless to repeat, so a crash anywhere costs only the repeat: Parquet
is added before a raw object leaves, and what Parquet already holds is never added again.
"""

import gzip
import shutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

import duckdb

from headwater.lake import parquet
from headwater.lake.archiving import archive, archive_without
from headwater.lake.keys import EVENTS, RAW, copies_key, parquet_key, unreadable_key
from headwater.lake.leases import Lease, acquire, release
from headwater.ports import ObjectStore, StoredObject
from headwater.privacy.suppressions import published

# Compressed. Ten times as much JSON then passes through 3 GB of memory and 5 GB of disk (design 8).
SLICE_BYTES = 256 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Compacted:
    """A slice became Parquet, and its raw objects are archived."""

    objects: int
    added: int
    duplicates: int
    unreadable: int
    files: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Busy:
    """Another compactor has this date; the next scheduled run will find what is left."""

    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Compactor:
    """What compaction works with: the bucket, a local directory, a clock, and how long it may live.

    `lease_for` must be longer than the process can live, so that a lease never ends under its holder.
    """

    store: ObjectStore
    directory: Path
    now: Callable[[], datetime]
    lease_for: timedelta
    slice_bytes: int = SLICE_BYTES

    def run(self, may_start: Callable[[], bool] = lambda: True) -> Iterator[Compacted | Busy]:
        """Compact every raw object there is, oldest arrival date first, a slice at a time.

        `may_start` is asked before each slice, so a run ends between slices and never inside one.
        """
        for arrived_on in sorted({_dt(entry.key) for entry in self.store.list(RAW)}):
            if not may_start():
                return
            lease = self._lease(f"raw/dt={arrived_on}")
            if lease is None:
                yield Busy(arrived_on)
                continue
            # Listed again now that the date is ours: what another compactor archived is not in it.
            raw = self.store.list(f"{RAW}dt={arrived_on}/")
            for objects in slices(raw, self.slice_bytes):
                if not may_start():
                    break
                yield self._compact(arrived_on, objects)
            release(self.store, lease, now=self.now())

    def lag(self) -> timedelta:
        """Return how long the oldest raw object has been waiting: zero when there is none."""
        now = self.now()
        return now - min((entry.modified_at for entry in self.store.list(RAW)), default=now)

    def _compact(self, arrived_on: str, objects: Sequence[StoredObject]) -> Compacted | Busy:
        shutil.rmtree(self.directory, ignore_errors=True)
        self.directory.mkdir(parents=True)
        keys = [entry.key for entry in objects]
        lines = download(self.store, keys, self.directory, ".ndjson.gz")
        with parquet.connect(self.directory) as connection:
            staged = parquet.stage(connection, lines, self.directory)
            if staged.unreadable:
                aside = unreadable_key(date.fromisoformat(arrived_on), keys)
                self.store.put(aside, _compressed(staged.unreadable))
            days = with_neighbours(staged.dates)
            leases = self._leases(days)
            if leases is None:
                return Busy(arrived_on)
            held = self._held(days)
            suppressed = published(self.store)
            left_out = parquet.find_suppressed(connection, suppressed)
            added = parquet.choose(connection, held)
            parquet.choose_copies(connection, held)
            files = tuple(self._add(connection, staged.dates, keys))
            self._add_copies(connection, staged.dates, keys)
            for key, path in zip(keys, lines, strict=True):
                if left_out:
                    archive_without(self.store, key, path, suppressed)
                else:
                    archive(self.store, key)
            for lease in leases:
                release(self.store, lease, now=self.now())
        return Compacted(
            objects=len(keys),
            added=added,
            duplicates=staged.rows - added - left_out,
            unreadable=len(staged.unreadable),
            files=files,
        )

    def _held(self, days: Iterable[date]) -> list[Path]:
        """Download the Parquet an event of these dates could already be in."""
        keys = [
            entry.key for day in days for entry in self.store.list(f"{EVENTS}dt={day.isoformat()}/")
        ]
        return download(self.store, keys, self.directory, ".parquet")

    def _add(
        self, connection: duckdb.DuckDBPyConnection, dates: Iterable[date], inputs: Sequence[str]
    ) -> Iterator[str]:
        for received_on in dates:
            path = self.directory / f"{received_on.isoformat()}.parquet"
            if parquet.write(connection, received_on, path):
                key = parquet_key(received_on, inputs)
                # Taken already: the same inputs made the same file a moment ago.
                self.store.upload(path, key, if_absent=True)
                yield key

    def _add_copies(
        self, connection: duckdb.DuckDBPyConnection, dates: Iterable[date], inputs: Sequence[str]
    ) -> None:
        """Keep what the dropped copies say of who is who: the stitcher heard each of them (ADR 0016)."""
        for received_on in dates:
            path = self.directory / f"{received_on.isoformat()}-copies.parquet"
            if parquet.write_copies(connection, received_on, path):
                self.store.upload(path, copies_key(received_on, inputs), if_absent=True)

    def _lease(self, name: str) -> Lease | None:
        now = self.now()
        return acquire(self.store, name, now=now, until=now + self.lease_for)

    def _leases(self, days: Iterable[date]) -> tuple[Lease, ...] | None:
        """Take every date's lease, or none."""
        taken: list[Lease] = []
        for day in days:
            lease = self._lease(f"events/dt={day.isoformat()}")
            if lease is None:
                for other in taken:
                    release(self.store, other, now=self.now())
                return None
            taken.append(lease)
        return tuple(taken)


def slices(objects: Iterable[StoredObject], max_bytes: int) -> Iterator[tuple[StoredObject, ...]]:
    """Part the objects, in key order, into slices of at most so many bytes, or of one object."""
    waiting: list[StoredObject] = []
    size = 0
    for entry in objects:
        if waiting and size + entry.size > max_bytes:
            yield tuple(waiting)
            waiting, size = [], 0
        waiting.append(entry)
        size += entry.size
    if waiting:
        yield tuple(waiting)


def download(store: ObjectStore, keys: Sequence[str], directory: Path, suffix: str) -> list[Path]:
    """Copy the objects to numbered files in the directory."""
    paths = [directory / f"{number:05d}{suffix}" for number in range(len(keys))]
    for key, path in zip(keys, paths, strict=True):
        store.download(key, path)
    return paths


def with_neighbours(days: Iterable[date]) -> list[date]:
    """Return the days and those beside them: a retry over midnight is received on another date."""
    return sorted({day + timedelta(days=offset) for day in days for offset in (-1, 0, 1)})


def _compressed(lines: Iterable[bytes]) -> bytes:
    return gzip.compress(b"".join(line + b"\n" for line in lines), mtime=0)


def _dt(key: str) -> str:
    return key.removeprefix(f"{RAW}dt=").split("/", 1)[0]
