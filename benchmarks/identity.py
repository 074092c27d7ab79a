"""What returning visitors cost the identity table, and what a container's memory of it weighs."""

import random
import tracemalloc
from collections.abc import Mapping
from typing import Any

from headwater.identity.device import Claim
from headwater.identity.said import CACHED_SAYINGS, CACHED_SIGHTINGS
from headwater.identity.saying import Saying
from headwater.identity.sighting import membership
from headwater.identity.store import CACHED_DEVICES, CACHED_PERSONS, IdentityStore
from headwater.identity.traits import traits_of
from headwater.ports import WriteResult
from headwater.record import Identity
from headwater.stitch import stitch

from tests.fakes import MemoryQueue, MemoryStore
from tests.identity.memory_table import MemoryTable
from tests.identity.stored import records
from tests.identity.workload import MORNING, batches, day, visit

_UUID = "5285bc35-05ef-4d21-9b86-{:012}"


def identity() -> list[tuple[str, float, float | None]]:
    """Name each figure, with its bar where there is one."""
    return [
        ("DynamoDB operations an event, 95 % known pairs", returning(), 0.05),
        ("writes of a hot user's 1,000 events in a batch", hot_user(), 1.0),
        *((f"full cache of {name}, MB", size, None) for name, size in cache_sizes().items()),
    ]


def returning() -> float:
    """Count a day of visitors of whom all but five in a hundred were here the day before."""
    table = MemoryTable()
    store = IdentityStore(table, max_users_per_device=5)
    for known in range(95):
        _stitch(list(visit(known, pages=2, start=MORNING)), store)
    today = [
        event
        for event in day(visitors=100, pages=20, random=random.Random(2))
        if event.type == "page" or int(event.message_id.split("-")[0]) % 5 == 0
    ]
    before = table.operations
    for batch in batches(today, 500):
        _stitch(batch, store)
    return (table.operations - before) / len(today)


def hot_user() -> float:
    """Count the writes of one batch: a thousand events of one user on one device."""
    table = MemoryTable()
    events = [event for event in visit(1, pages=1_001, start=MORNING) if event.type == "page"]
    _stitch(events, IdentityStore(table, max_users_per_device=5))
    return float(table.writes)


def cache_sizes() -> Mapping[str, float]:
    """Fill each of a container's caches to its bound, and weigh it."""
    store = IdentityStore(_LastWrite(), max_users_per_device=5)
    return {
        f"{CACHED_DEVICES:,} devices": _weighed(lambda: _fill_devices(store)),
        f"{CACHED_PERSONS:,} persons": _weighed(lambda: _fill_persons(store)),
        f"{CACHED_SIGHTINGS:,} group memberships": _weighed(lambda: _fill_sightings(store)),
        f"{CACHED_SAYINGS:,} users' traits": _weighed(lambda: _fill_sayings(store)),
    }


class _LastWrite:
    """A table that keeps nothing: what is written comes back, as DynamoDB's ALL_NEW does."""

    def get(self, pk: str, sk: str, *, consistent: bool = False) -> None:
        return None

    def query(self, pk: str, *, sk_prefix: str = "", consistent: bool = False) -> Any:
        return iter(())

    def update(self, pk: str, sk: str, *, values: Mapping[str, Any], **_: Any) -> WriteResult:
        if sk == "O":
            item = {"owner": values[":u"], "ots": values[":t"], "us": set(values[":us"]), "v": 1}
        elif sk == "T":
            item = {"t": values[":t"], "fs": values[":fs"], "ls": values[":ls"], "ver": 1}
        else:
            item = {"at": values[":at"]}
        return WriteResult(applied=True, item=item)


def _weighed(fill: Any) -> float:
    tracemalloc.start()
    fill()
    size, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return size / 1e6


def _fill_devices(store: IdentityStore) -> None:
    for number in range(CACHED_DEVICES):
        user = f"user-{number}"
        store.claim(Claim(_UUID.format(number), number, user, frozenset((user,)), f"m{number}"))


def _fill_persons(store: IdentityStore) -> None:
    for number in range(CACHED_PERSONS):
        store.person(Identity(user_id=f"user-{number}"))


def _fill_sightings(store: IdentityStore) -> None:
    for number in range(CACHED_SIGHTINGS):
        store.said.note(
            membership(f"u:user-{number}", f"team-{number}", at=number, message_id=f"m{number}")
        )


def _fill_sayings(store: IdentityStore) -> None:
    for number in range(CACHED_SAYINGS):
        said = {"email": f"user-{number}@shop.example", "plan": "pro", "name": "Jane Doe"}
        traits = traits_of(said, at=number, message_id=_UUID.format(number))
        store.said.learn(Saying.at(f"u:user-{number}", traits, number))


def _stitch(events: Any, store: IdentityStore) -> None:
    stitch(
        records(events),
        store=store,
        configured=(),
        queue=MemoryQueue(),
        objects=MemoryStore(),
        now=MORNING,
    )
