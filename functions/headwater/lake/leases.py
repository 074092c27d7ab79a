"""One compactor at a time for a date: a lease is an object that only one writer can have created.

A lease is `leases/<name>/<generation>`, holding the moment it ends. Taking it over means creating the
next generation with `If-None-Match: *`, so two takers cannot both succeed and nothing is ever
overwritten but by its own holder. A holder that dies simply lets the lease end: it must last longer
than the holder can live, which for a Lambda function is its time-out.
"""

from dataclasses import dataclass
from datetime import datetime

from headwater.lake.keys import LEASES
from headwater.ports import ObjectStore
from headwater.record import from_iso, to_iso


@dataclass(frozen=True, slots=True)
class Lease:
    """A lease that is ours until it ends or is released."""

    key: str


def acquire(store: ObjectStore, name: str, *, now: datetime, until: datetime) -> Lease | None:
    """Take the lease, or return None while somebody else has it."""
    generations = _generations(store, name)
    if generations and from_iso(store.get(generations[-1]).decode()) > now:
        return None
    number = int(generations[-1].rsplit("/", 1)[1]) + 1 if generations else 1
    key = f"{LEASES}{name}/{number:08d}"
    if not store.put(key, to_iso(until).encode(), if_absent=True):
        return None
    # Old generations are tidied below, so a taker with a stale listing could create one that was
    # tidied away. It sees here that it is not the newest, and has nothing.
    newest = _generations(store, name)[-1]
    if newest != key:
        store.delete(key)
        return None
    for old in generations[:-1]:
        store.delete(old)
    return Lease(key)


def release(store: ObjectStore, lease: Lease, *, now: datetime) -> None:
    """End the lease now. Its object stays, so that generations never go back."""
    store.put(lease.key, to_iso(now).encode())


def _generations(store: ObjectStore, name: str) -> list[str]:
    return [entry.key for entry in store.list(f"{LEASES}{name}/")]
