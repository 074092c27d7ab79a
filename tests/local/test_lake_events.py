"""Every event of the lake is read, though the compactor is at work from the listing to the last object."""

from collections.abc import Iterator

import pytest
from headwater.errors import DependencyError
from headwater.lake.keys import ARCHIVE, RAW, archive_key
from headwater.ports import StoredObject

from local.lake_events import events, objects
from tests.fakes import MemoryStore
from tests.unit.lake.bucket import an_event, arrive


def read(store: MemoryStore) -> list[str]:
    return [event.message_id for event in events(store, objects(store))]


def archived(store: MemoryStore) -> None:
    for key in [key for key in store.objects if key.startswith(RAW)]:
        store.move(key, archive_key(key))


def test_what_was_compacted_since_it_was_listed_is_read_from_the_archive() -> None:
    store = MemoryStore()
    arrive(store, [an_event("m1"), an_event("m2")])
    listed = objects(store)
    archived(store)

    assert [event.message_id for event in events(store, listed)] == ["m1", "m2"]


def test_what_is_compacted_between_two_listings_is_in_one_of_them() -> None:
    class Compacting(MemoryStore):
        def list(self, prefix: str) -> Iterator[StoredObject]:
            yield from list(super().list(prefix))
            if prefix == ARCHIVE + RAW:
                archived(self)

    store = Compacting()
    arrive(store, [an_event("m1")])

    assert read(store) == ["m1"]


def test_an_object_that_is_nowhere_is_a_fault() -> None:
    store = MemoryStore()
    arrive(store, [an_event("m1")])
    listed = objects(store)
    store.objects.clear()

    with pytest.raises(DependencyError):
        list(events(store, listed))
