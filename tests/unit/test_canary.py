"""The canary's look: the newest that came back, in whatever order they did, and no object more than that takes."""

import gzip
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from headwater.canary import WINDOW, Ages, look
from headwater.destinations.segment_relay import HOPS_KEY
from headwater.lake.keys import ARCHIVE, raw_key
from headwater.ports import StoredObject
from headwater.record import CANARY_SOURCE, SourceReference, StoredEvent, to_iso

from tests.fakes import MemoryStore

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
NOTHING = WINDOW.total_seconds()


class Landed(MemoryStore):
    """A bucket whose objects were written when they landed, and that tells which of them were read."""

    def __init__(self) -> None:
        super().__init__()
        self.written: dict[str, datetime] = {}
        self.read: list[str] = []

    def land(self, *canaries: bytes, seconds_ago: float) -> str:
        at = NOW - timedelta(seconds=seconds_ago)
        key = raw_key(at, "shard", f"{len(self.written):03}", "1")
        self.put(key, gzip.compress(b"".join(canaries)))
        self.written[key] = at
        return key

    def list(self, prefix: str) -> Iterator[StoredObject]:
        for found in super().list(prefix):
            # S3's own are whole seconds.
            at = self.written[found.key.removeprefix(ARCHIVE)].replace(microsecond=0)
            yield StoredObject(found.key, found.size, at)

    def get(self, key: str) -> bytes:
        self.read.append(key)
        return super().get(key)


def canary(seconds_ago: float, *, came_back: bool = True) -> bytes:
    sent = NOW - timedelta(seconds=seconds_ago)
    return StoredEvent(
        type="identify",
        message_id=f"canary-{to_iso(sent)}",
        timestamp=sent,
        received_at=sent,
        source=SourceReference(CANARY_SOURCE, "server"),
        context={HOPS_KEY: 1} if came_back else {},
    ).to_line()


def test_the_newest_that_came_back_counts_though_an_older_one_came_after_it() -> None:
    store = Landed()
    store.land(canary(180), canary(60), seconds_ago=20)
    store.land(canary(120), seconds_ago=10)

    assert look(store, now=NOW) == Ages(60, 60)


def test_one_that_only_landed_is_no_proof_of_the_way_back() -> None:
    store = Landed()
    store.land(canary(100), seconds_ago=90)
    store.land(canary(30, came_back=False), seconds_ago=20)

    assert look(store, now=NOW) == Ages(30, 100)


def test_what_was_written_before_the_newest_was_sent_is_not_read() -> None:
    store = Landed()
    store.land(canary(180), seconds_ago=170)
    beside = store.land(canary(200), seconds_ago=60.5)  # by S3's clock the second of the sending
    newest = store.land(canary(60.7), seconds_ago=50)

    assert look(store, now=NOW) == Ages(60.7, 60.7)
    assert store.read == [newest, beside]


def test_where_none_is_within_the_window_nothing_before_it_is_read() -> None:
    store = Landed()
    store.land(canary(NOTHING + 120), seconds_ago=NOTHING + 100)

    assert look(store, now=NOW) == Ages(NOTHING, NOTHING)
    assert store.read == []


def test_what_was_just_compacted_is_found_in_the_archive() -> None:
    store = Landed()
    key = store.land(canary(60), seconds_ago=30)
    store.move(key, ARCHIVE + key)

    assert look(store, now=NOW) == Ages(60, 60)
