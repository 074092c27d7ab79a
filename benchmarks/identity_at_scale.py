"""What identity costs at ten million persons: a month of visits, sampled, through the real stitcher.

    python -m benchmarks.identity_at_scale [--sample 10000] [--seconds 60]

One person in `sample` is played, with all devices and all visits; the caches of the containers are
made smaller by as much, so that they hit and miss as they would. Counts are multiplied back. The
devices of a person, the share of logins and the visits are the assumptions below; the operations,
the item sizes and the units are counted on the very items that the stitcher writes.
"""

import argparse
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from math import ceil
from random import Random
from typing import Any

from headwater.destinations import check
from headwater.identity.lines import Record
from headwater.identity.store import IdentityStore
from headwater.ports import QueueMessage, WriteResult
from headwater.record import Identity, SourceReference, StoredEvent
from headwater.stitch import stitch
from headwater.workspace import load

from benchmarks.cost.prices import COMPARED_ON, DYNAMODB_GB_MONTH, DYNAMODB_READ, DYNAMODB_WRITE
from tests.fakes import MemoryStore
from tests.identity.memory_table import MemoryTable

PERSONS = 10_000_000
DEVICES_A_PERSON = 3
VISITS_A_DEVICE = 3  # a month
EVENTS_A_VISIT = 10
LOGINS = 0.3  # of visits begin with an identify; the others of a known person carry the user id
ALIASES = 0.001  # of persons had an older user id
POISONED = 0.01  # of visits come under one bad user id that no list knows
SHARDS = 16
CACHED = 50_000
SECONDS_A_MONTH = 30 * 86_400

# An item costs this much beside its attributes: aws.amazon.com/dynamodb/pricing/on-demand, on storage.
ITEM_OVERHEAD_BYTES = 100

MONTH = datetime(2026, 10, 1, tzinfo=UTC)


class Nowhere:
    def send(self, messages: Sequence[QueueMessage]) -> None:
        pass


class MeteredTable(MemoryTable):
    """The table with its meter: units by kind of item, and how often each key is written."""

    def __init__(self) -> None:
        super().__init__()
        self.read_units: dict[str, float] = defaultdict(float)
        self.write_units: dict[str, float] = defaultdict(float)
        self.written: Counter[str] = Counter()

    def get(self, pk: str, sk: str, *, consistent: bool = False) -> Mapping[str, Any] | None:
        item = super().get(pk, sk, consistent=consistent)
        self.read_units[pk[:2]] += 0.5 * max(1, ceil(size_of(item or {}) / 4_096))
        return item

    def update(self, pk: str, sk: str, **expressions: Any) -> WriteResult:
        result = super().update(pk, sk, **expressions)
        self.stream.clear()  # what nobody here reads
        self.write_units[pk[:2]] += max(1, ceil(size_of(result.item or {}) / 1_024))
        self.written[pk] += 1
        return result


def size_of(item: Mapping[str, Any]) -> int:
    """Count an item's bytes as DynamoDB does: names and values, a number by its digits."""
    return sum(len(name.encode()) + _bytes(value) for name, value in item.items())


def _bytes(value: Any) -> int:
    if isinstance(value, int):
        return ceil(len(str(value)) / 2) + 1
    if isinstance(value, set | frozenset):
        return 3 + sum(len(one.encode()) for one in value)
    return len(str(value).encode())


def month(persons: int, random: Random) -> list[tuple[datetime, int, int]]:
    """The month's visits in the order of their beginning: moment, person, device."""
    visits = [
        (MONTH + timedelta(seconds=random.randrange(30 * 86_400)), person, device)
        for person in range(persons)
        for device in range(DEVICES_A_PERSON)
        for _ in range(random.randint(1, 2 * VISITS_A_DEVICE - 1))
    ]
    return sorted(visits)


def events_of(at: datetime, person: int, device: int, random: Random) -> Iterator[StoredEvent]:
    user = "test-user" if random.random() < POISONED else f"user-{person:09}"
    login = random.random() < LOGINS
    traits = {"email": f"{user}@example.com", "plan": "gold", "visits": random.randrange(50)}
    for number in range(EVENTS_A_VISIT):
        moment = at + timedelta(seconds=20 * number)
        yield StoredEvent(
            type="identify" if login and number == 0 else "page",
            message_id=f"{person}-{device}-{at.timestamp():.0f}-{number}",
            timestamp=moment,
            received_at=moment,
            source=SourceReference("shop-web", "browser"),
            traits=traits if login and number == 0 else {},
            # A UUID's length; the first device of a person signs up in the middle of a visit.
            identity=Identity(
                anonymous_id=f"{person:09}-{device:02}-4b6b-a0c2-3a2f0d2d2c6b99",
                user_id=user if login or number > EVENTS_A_VISIT // 2 else None,
            ),
        )
    if random.random() < ALIASES / (DEVICES_A_PERSON * VISITS_A_DEVICE):
        yield StoredEvent(
            type="alias",
            message_id=f"{person}-alias",
            timestamp=at,
            received_at=at,
            source=SourceReference("shop-server", "server"),
            identity=Identity(user_id=user, previous_id=f"old-{person:09}"),
        )


@dataclass(frozen=True, slots=True)
class Played:
    events: int
    table: MeteredTable
    share: float  # of the visits that there was time for
    seconds: float


def play(sample: int, seconds: float) -> Played:
    """Play the sample's month: each device in its shard, each shard with its own container."""
    began = time.monotonic()
    random, table, configured = Random(1), MeteredTable(), check(load("demo"))
    cached = max(1, CACHED // sample)
    stores = [
        IdentityStore(table, max_users_per_device=5, cached_devices=cached, cached_persons=cached)
        for _ in range(SHARDS)
    ]
    visits = month(PERSONS // sample, random)
    events = done = 0
    for visit in visits:
        if time.monotonic() - began > seconds:
            break
        batch = list(events_of(*visit, random))
        events, done = events + len(batch), done + 1
        _, person, device = visit
        shard = (person * DEVICES_A_PERSON + device) % SHARDS
        # A visit by itself: in a sample this thin no other one is going on in the same container,
        # so what folding saves across visitors is not counted.
        stitch(
            [
                Record(f"shardId-{shard}:{number}", str(number), event.to_line())
                for number, event in enumerate(batch)
            ],
            store=stores[shard],
            configured=configured,
            queue=Nowhere(),
            objects=MemoryStore(),
            now=MONTH,
        )
    return Played(events, table, done / len(visits), time.monotonic() - began)


def report(played: Played, sample: int) -> Iterator[str]:
    """Lay out the figures, multiplied back to the whole."""
    table, factor = played.table, sample / played.share
    operations = table.operations / played.events
    yield (
        f"{PERSONS / 1e6:.0f} M persons, {PERSONS * DEVICES_A_PERSON / 1e6:.0f} M devices,"
        f" {played.events * factor / 1e6:,.0f} M events a month"
        f" (1 in {sample} played, {played.share:.0%} of it, {played.seconds:.0f} s)"
    )
    yield f"operations an event   {operations:.4f}   ({table.refused} refused writes in the sample)"
    yield ""
    yield "kind              items M   bytes/item   read units M   write units M"
    reads = writes = stored = 0.0
    for prefix, name in {"A#": "devices", "T#": "traits", "P#": "merged users"}.items():
        items = [item for key, item in table.items.items() if key[0].startswith(prefix)]
        mean = sum(map(size_of, items)) / max(1, len(items))
        read, written = (table.read_units[prefix] * factor, table.write_units[prefix] * factor)
        stored += len(items) * factor * (mean + ITEM_OVERHEAD_BYTES)
        reads, writes = reads + read, writes + written
        yield (
            f"{name:<16} {len(items) * factor / 1e6:>8.2f} {mean:>12.0f}"
            f" {read / 1e6:>14.2f} {written / 1e6:>15.2f}"
        )
    hottest, times = table.written.most_common(1)[0]
    yield ""
    # The bad id is one for all persons, so its writes are multiplied back like everything else.
    yield (
        f"hottest key          {hottest}: {times * factor / SECONDS_A_MONTH:.2f} writes a second;"
        f" however many events say it, one a batch and shard: {SHARDS} with a batch a second, of 1,000"
    )
    dollars = {
        "reads": DYNAMODB_READ.of(reads, allowance=False),
        "writes": DYNAMODB_WRITE.of(writes, allowance=False),
        "storage": DYNAMODB_GB_MONTH.of(stored / 1e9, allowance=False),
    }
    yield (
        f"dollars a month       {sum(dollars.values()):,.2f}   "
        + ", ".join(f"{name} {value:,.2f}" for name, value in dollars.items())
        + f"   (us-east-1, on demand, {COMPARED_ON})"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--sample", type=int, default=10_000, help="one person in so many")
    parser.add_argument("--seconds", type=float, default=60.0, help="stop playing after this")
    asked = parser.parse_args()
    for line in report(play(asked.sample, asked.seconds), asked.sample):
        print(line)


if __name__ == "__main__":
    main()
