from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from headwater.lake.leases import Lease, acquire, release
from headwater.ports import StoredObject

from tests.fakes import MemoryStore

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
LATER = NOW + timedelta(minutes=16)


def test_a_lease_has_one_holder_until_it_is_released() -> None:
    store = MemoryStore()

    mine = acquire(store, "events/dt=2026-03-01", now=NOW, until=LATER)
    assert mine == Lease("leases/events/dt=2026-03-01/00000001")
    assert acquire(store, "events/dt=2026-03-01", now=NOW, until=LATER) is None

    release(store, mine, now=NOW)
    assert acquire(store, "events/dt=2026-03-01", now=NOW, until=LATER) == Lease(
        "leases/events/dt=2026-03-01/00000002"
    )


def test_leases_of_different_names_do_not_meet() -> None:
    store = MemoryStore()

    assert acquire(store, "events/dt=2026-03-01", now=NOW, until=LATER) is not None
    assert acquire(store, "events/dt=2026-03-02", now=NOW, until=LATER) is not None


def test_a_lease_whose_holder_died_is_taken_over_when_it_ends() -> None:
    store = MemoryStore()
    acquire(store, "a", now=NOW, until=LATER)

    assert acquire(store, "a", now=LATER - timedelta(milliseconds=1), until=LATER) is None
    assert acquire(store, "a", now=LATER, until=LATER + timedelta(minutes=16)) is not None


def test_old_generations_are_tidied_away() -> None:
    store = MemoryStore()
    for _ in range(5):
        lease = acquire(store, "a", now=NOW, until=LATER)
        assert lease is not None
        release(store, lease, now=NOW)

    assert list(store.objects) == ["leases/a/00000004", "leases/a/00000005"]


class StaleStore(MemoryStore):
    """Shows one taker a listing from before everybody else's work."""

    def __init__(self, store: MemoryStore, first_listing: list[StoredObject]) -> None:
        super().__init__()
        self.objects = store.objects
        self._listings = [first_listing]

    def list(self, prefix: str) -> Iterator[StoredObject]:
        return iter(self._listings.pop()) if self._listings else super().list(prefix)


def test_a_taker_with_a_stale_listing_gets_nothing_and_leaves_nothing() -> None:
    store = MemoryStore()
    first = acquire(store, "a", now=NOW, until=LATER)
    assert first is not None
    release(store, first, now=NOW)
    seen = list(store.list("leases/a/"))
    for _ in range(3):
        lease = acquire(store, "a", now=NOW, until=LATER)
        assert lease is not None
        release(store, lease, now=NOW)
    held = acquire(store, "a", now=NOW, until=LATER)
    before = dict(store.objects)
    store.objects["leases/a/00000001"] = b"2026-03-01T11:00:00.000Z"  # what the stale listing saw

    assert acquire(StaleStore(store, seen), "a", now=NOW, until=LATER) is None

    store.delete("leases/a/00000001")
    assert store.objects == before
    assert held == Lease("leases/a/00000005")
