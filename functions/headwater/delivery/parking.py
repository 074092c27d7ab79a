"""Messages that wait longer than a queue lets them, kept in the bucket until they are due.

`parked/<destination>/<give up>-<due>-<digest>.json.gz`, both times in epoch seconds, so that the
oldest come first. A message is in the bucket before it leaves the queue, and on the queue again
before its object is gone.
"""

import gzip
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from hashlib import sha256
from itertools import batched, islice

import orjson

from headwater.delivery import backoff, lanes
from headwater.delivery.breaker import Breakers
from headwater.destination import Configured, Delivery
from headwater.ports import ObjectStore, Queue

PREFIX = "parked/"

# One run's share of each destination, so that none takes the whole of it. What is left is due still,
# and comes with the next run.
MAX_A_RUN = 10_000
_THREADS = 16
# As many as SQS takes at once.
_AT_A_TIME = 10


def park(delivery: Delivery, destination: Configured, store: ObjectStore, *, due: datetime) -> None:
    """Keep the message until it is due."""
    body = delivery.to_message().body.encode()
    gives_up = delivery.first_at + backoff.patience(destination.sheet)
    name = f"{int(gives_up.timestamp()):010}-{int(due.timestamp()):010}-{_digest(body)}"
    key = f"{PREFIX}{delivery.destination_id}/{name}.json.gz"
    store.put(key, gzip.compress(body, compresslevel=6, mtime=0))


def bring_back(
    configured: Iterable[Configured],
    *,
    store: ObjectStore,
    queue: Queue,
    breakers: Breakers,
    now: datetime,
    has_time: Callable[[], bool] = lambda: True,
) -> Mapping[str, int]:
    """Put what is due back on the queue, while there is time; returns how many messages of each destination.

    While a breaker is open only those return whose patience has ended, to be told so; when it may
    close again, one returns to find out.
    """

    def back(keys: Sequence[str]) -> int:
        if not has_time():
            return 0
        found = [Delivery.from_json(orjson.loads(gzip.decompress(store.get(key)))) for key in keys]
        queue.send([delivery.to_message() for delivery in found])
        for key in keys:
            store.delete(key)
        return len(keys)

    due = {
        one.id: list(batched(_due(one.id, store, breakers, now=now), _AT_A_TIME, strict=False))
        for one in configured
    }
    returned = iter(lanes.run(due, back, threads=_THREADS))
    counts = {
        destination_id: sum(islice(returned, len(tens))) for destination_id, tens in due.items()
    }
    return {destination_id: count for destination_id, count in counts.items() if count}


def _due(
    destination_id: str, store: ObjectStore, breakers: Breakers, *, now: datetime
) -> Iterator[str]:
    epoch = int(now.timestamp())
    state = breakers.state(destination_id)
    parked = (found.key for found in store.list(f"{PREFIX}{destination_id}/"))
    if state.trips and epoch < state.open_until:
        return islice((key for key in parked if _times(key)[0] <= epoch), MAX_A_RUN)
    ready = (key for key in parked if min(_times(key)) <= epoch)
    return islice(ready, 1 if state.trips else MAX_A_RUN)


def _times(key: str) -> tuple[int, int]:
    gives_up, due, _ = key.rsplit("/", 1)[1].split("-", 2)
    return int(gives_up), int(due)


def _digest(body: bytes) -> str:
    return sha256(body).hexdigest()[:32]
