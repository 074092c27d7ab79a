"""From the stream to the lake, as the lander and the compactor do it, each with its own bad luck."""

import gzip
from collections import Counter
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import duckdb
import orjson
from headwater.errors import DependencyError
from headwater.lake.compaction import Busy
from headwater.lake.landing import LandingRecord, land
from headwater.ports import ObjectStore

from local.athena import Lake
from tests.fakes import CrashError
from tests.faults.schedule import ASKED_AT, Schedule
from tests.unit.lake.bucket import compact

# A fault leaves the lease of its date behind, and one that was taken although no answer came keeps its
# own taker out; the next run is after its end.
_NEXT_RUN = timedelta(minutes=21)
_TRIES = 12


@dataclass(frozen=True)
class Found:
    """What an analyst finds: rows an event in the `events` view, and which rejected events are kept."""

    events: Counter[str]
    rejected: set[str]


class Lakehouse:
    """The lake of one bucket, filled by real code over a store that may be at fault."""

    def __init__(self, store: ObjectStore, directory: Path, *, clock: datetime = ASKED_AT) -> None:
        self._store = store
        self._directory = directory
        self._clock = clock

    def compact(self, schedule: Schedule) -> None:
        for attempt in range(_TRIES):
            schedule.healthy = attempt == _TRIES - 1
            self._clock += _NEXT_RUN
            with suppress(DependencyError, CrashError):
                endings = compact(self._store, self._directory, self._clock)
                if not any(isinstance(ending, Busy) for ending in endings):
                    return

    def find(self) -> Found:
        lake = Lake(self._directory / "lake", store=self._store, now=ASKED_AT)
        rows = lake.query("SELECT message_id FROM events").rows
        return Found(Counter(str(found) for (found,) in rows), self.rejected())

    def parquet(self) -> Counter[str]:
        """Count the rows of each event in the compacted files alone, as they lie in the bucket."""
        rows = Counter[str]()
        for number, entry in enumerate(self._store.list("events/")):
            path = self._directory / f"{number}.parquet"
            self._store.download(entry.key, path)
            found = duckdb.execute("SELECT message_id FROM read_parquet(?)", [str(path)]).fetchall()
            rows.update(str(message_id) for (message_id,) in found)
        return rows

    def rejected(self) -> set[str]:
        return {
            orjson.loads(line)["original"]["messageId"]
            for found in self._store.list("rejected/")
            for line in gzip.decompress(self._store.get(found.key)).splitlines()
        }


def landed(records: Sequence[LandingRecord], store: ObjectStore, schedule: Schedule) -> None:
    """Read the stream as Lambda's poller does: cut anywhere, again until it succeeds, some of it twice."""
    waiting = list(records)
    while waiting:
        batch = waiting[: schedule.random.randint(1, 6)]
        if _tried(batch, store, schedule) and schedule.random.random() < 0.8:
            del waiting[: len(batch)]


def _tried(batch: Sequence[LandingRecord], store: ObjectStore, schedule: Schedule) -> bool:
    for attempt in range(_TRIES):
        # Lambda tries a batch for as long as the stream keeps it; here the bucket is well again first.
        schedule.healthy = attempt == _TRIES - 1
        with suppress(DependencyError, CrashError):
            land(batch, store)
            return True
    return False


def ids(parts: Iterable[bytes]) -> set[str]:
    """Return the messageIds of lines as the stream and the spill hold them."""
    return {_id(line) for part in parts for line in part.splitlines()}


def _id(line: bytes) -> str:
    if line[:1] == b"!":
        found: str = orjson.loads(line[1:])["original"]["messageId"]
    else:
        found = orjson.loads(line)["messageId"]
    return found
