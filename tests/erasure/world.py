"""One person in every store there is, beside people whose ids look alike, as the real parts leave them."""

import gzip
from base64 import b64encode
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import orjson
from headwater.delivery import outcome_rows, undeliverable
from headwater.delivery.parking import park
from headwater.delivery.settlement import Settlement
from headwater.destination import Configured, Delivery, Result
from headwater.erasure.job import work_off
from headwater.erasure.kinds import Kind
from headwater.erasure.ledger import RECEIPTS, Job, a_job
from headwater.erasure.outside import Outside
from headwater.erasure.stores import DEAD_LETTERS, QUEUE
from headwater.identity.lines import Unreadable, set_aside
from headwater.identity.snapshot import take_snapshot
from headwater.ids import person_of_device, person_of_user
from headwater.lake.keys import identity_changes_key
from headwater.lake.landing import LandingRecord, land
from headwater.outcomes import RejectCode, Rejected, Verdict
from headwater.ports import HttpRequest, HttpResponse, StreamRecord
from headwater.record import SourceReference, StoredEvent, to_iso
from headwater.spill import commit, redrive
from headwater.wire.packing import event_line, pack, rejected_line

from tests.erasure.mortal import Fate, Mortal
from tests.erasure.queue import MemoryWaitingQueue
from tests.erasure.scan import found, of_items
from tests.examples import a_received
from tests.fakes import MemorySecrets, MemoryStore, MemoryStream, ScriptedHttp
from tests.identity.memory_table import MemoryTable
from tests.identity.tables import log_all, run
from tests.unit.lake.bucket import NOON, an_event, arrive, compact
from tests.unit.test_deliver import a_destination

SERVER = SourceReference("server", "server")

# Anna: two accounts that a server joined, a laptop of her own, and a tablet she had first.
USERS = ("user-1", "crm-ännä-000042")
LAPTOP, TABLET = "device-of-anna-laptop", "household-tablet-1"
ANNA = (
    *USERS,
    LAPTOP,
    TABLET,
    *map(person_of_user, USERS),
    person_of_device(LAPTOP),
    person_of_device(TABLET),
)
# Others, whose ids hold hers or are held by them; Bob used her tablet.
OTHERS = (
    ("user-10", "device-of-anna-laptop-2"),
    ("my-user-1", "xdevice-of-anna-laptop"),
    ("user", "device-of-anna"),
    ("crm-ännä-0000421", "household-tablet-10"),
)
BOB = "bob-0001"


def said(number: str, type_: str = "track", **ids: Any) -> StoredEvent:
    traits = (
        {"email": f"{ids.get('user_id')}@example.com", "name": "N"} if type_ == "identify" else {}
    )
    return an_event(
        number,
        type=type_,
        source=SERVER,
        traits=traits,
        event="Order Completed" if type_ == "track" else None,
        properties={"revenue": 10, "note": f"of {ids.get('user_id')}"} if type_ == "track" else {},
        context={"ip": "203.0.113.9", "traits": {"email": "x@example.com"}},
        **ids,
    )


def hers(prefix: str, **more: Any) -> list[StoredEvent]:
    return [
        said(f"{prefix}-a1", anonymous_id=LAPTOP, **more),
        said(f"{prefix}-a2", "identify", anonymous_id=LAPTOP, user_id=USERS[0], **more),
        said(f"{prefix}-a3", anonymous_id=TABLET, user_id=USERS[0], **more),
        said(f"{prefix}-a4", "alias", user_id=USERS[0], previous_id=USERS[1], **more),
        said(f"{prefix}-a5", user_id=USERS[1], **more),
        said(f"{prefix}-a6", anonymous_id=TABLET, **more),
    ]


def theirs(prefix: str, **more: Any) -> list[StoredEvent]:
    events = [
        said(f"{prefix}-o{number}-{step}", type_, anonymous_id=device, user_id=user, **more)
        for number, (user, device) in enumerate(OTHERS)
        for step, type_ in enumerate(("track", "identify"))
    ]
    later = more.get("received_at", NOON) + timedelta(minutes=5)
    bob = said(f"{prefix}-b1", anonymous_id=TABLET, user_id=BOB, **{**more, "received_at": later})
    about = an_event(
        f"{prefix}-b2",
        source=SERVER,
        event="Invited",
        properties={"invitedBy": LAPTOP, "size": "user"},
        user_id=BOB,
        **more,
    )
    return [*events, bob, about]


@dataclass
class World:
    """A stack in memory: its bucket, its tables, its queues, a vendor, and a clock."""

    directory: Path
    kind: Kind = Kind.SUPPRESS_WITH_DELETE
    store: MemoryStore = field(default_factory=lambda: MemoryStore(NOON))
    table: MemoryTable = field(default_factory=MemoryTable)
    suppressions: MemoryTable = field(default_factory=MemoryTable)
    queues: dict[str, MemoryWaitingQueue] = field(
        default_factory=lambda: {QUEUE: MemoryWaitingQueue(), DEAD_LETTERS: MemoryWaitingQueue()}
    )
    now: datetime = NOON + timedelta(days=2)
    vendor: Callable[[HttpRequest], HttpResponse] = lambda _: HttpResponse(200)
    configured: tuple[Configured, ...] = ()
    confirmed: bool = False

    def __post_init__(self) -> None:
        self.http = ScriptedHttp(lambda request: self.vendor(request))

    def ask(self, *, asked: str = USERS[0], id_kind: Any = "user", id_: str = "req-1") -> Job:
        job = a_job(
            id_,
            self.kind,
            id_kind,
            asked,
            requested_at=to_iso(self.now),
            secret="5e" * 32,
            confirmed=self.confirmed,
        )
        self.store.put(job.key, job.to_bytes())
        return job

    def copied(self, directory: Path, **fields: Any) -> "World":
        """The same stack once more, on its own: what happens to one does not happen to the other."""
        directory.mkdir(exist_ok=True)
        copy = World(directory, **fields)
        copy.store.objects = dict(self.store.objects)
        copy.table.items = dict(self.table.items)
        copy.suppressions.items = dict(self.suppressions.items)
        for name, queue in self.queues.items():
            copy.queues[name].waiting = dict(queue.waiting)
            copy.queues[name]._next = queue._next
        return copy

    def outside(self, fate: Fate | None = None, **more: Any) -> Outside:
        fate = fate or Fate()
        return Outside(
            **{
                "store": Mortal(self.store, fate),
                "identity": Mortal(self.table, fate),
                "suppressions": Mortal(self.suppressions, fate),
                "queues": {name: Mortal(queue, fate) for name, queue in self.queues.items()},
                "configured": self.configured,
                "secrets": MemorySecrets(),
                "http": Mortal(self.http, fate),
                "directory": self.directory / "work",
                "now": lambda: self.now,
                "random_bytes": lambda count: b"k" * count,
                "max_users_per_device": 5,
                "retention": timedelta(hours=24),
                "lease_for": timedelta(minutes=16),
                **more,
            }
        )

    def finish(self) -> dict[str, Any]:
        """Work until nothing is open, as the schedule would over two days; return the receipt."""
        for _ in range(12):
            work_off(self.outside())
            if not any(key.startswith("deletions/requests/") for key in self.store.objects):
                break
            self.now += timedelta(hours=6)
            for queue in self.queues.values():
                queue.reappear()
        (receipt,) = (body for key, body in self.store.objects.items() if key.startswith(RECEIPTS))
        read: dict[str, Any] = orjson.loads(receipt)
        return read

    def contents(self) -> Iterable[tuple[str, bytes]]:
        """Everything that is stored, by where it is."""
        yield from ((f"{key} (its key)", key.encode()) for key in self.store.objects)
        yield from self.store.objects.items()
        yield from of_items(self.table.items.values())
        yield from of_items(self.suppressions.items.values())
        for name, queue in self.queues.items():
            yield from ((name, body.encode()) for body in queue.bodies)

    def residue(self, ids: Iterable[str] = ANNA) -> list[str]:
        return found(self.contents(), ids, self.directory)


def seeded(directory: Path, **fields: Any) -> World:
    """Put everybody everywhere."""
    world = World(directory, **fields)
    store = world.store
    days = [NOON - timedelta(days=1), NOON]
    lake = [event for day in days for event in _of(day)]
    run(lake, world.table, Random(1), max_users=5)
    store.objects |= log_all(world.table.stream, world.table).objects
    take_snapshot(world.table, store, now=NOON, part_key=identity_changes_key)
    for number, day in enumerate(days):
        arrive(store, _of(day), at=day, sequence=f"{number}")
        compact(store, directory, day)
    arrive(store, [*hers("raw"), *theirs("raw")], sequence="9")
    _rejected(store)
    _on_the_way(world)
    _set_aside(store)
    for key, body in {
        "athena/a.csv": b'"user_id"\n"user-1"\n',
        "athena/tables/b": gzip.compress(b"user-1\x01device"),
        "exports/hers/raw-0.jsonl": b'{"userId": "user-1"}\n',
        "exports/of-another/raw-0.jsonl": b'{"userId": "user-10"}\n',
    }.items():
        store.put(key, body)
    return world


def _of(day: datetime) -> list[StoredEvent]:
    prefix = f"lake{day.day}"
    return [*hers(prefix, received_at=day), *theirs(prefix, received_at=day)]


def _rejected(store: MemoryStore) -> None:
    originals: list[Any] = [
        {"type": "track", "userId": "user-1", "properties": 5},
        {"type": "track", "anonymousId": LAPTOP, "event": 7},
        {"batch": [{"userId": USERS[1]}]},
        *({"type": "track", "userId": user, "properties": 5} for user, _ in OTHERS),
    ]
    lines = b"".join(
        rejected_line(
            Rejected(RejectCode.PROPERTIES_NOT_OBJECT, "properties", "no object", original),
            a_received(),
        ).data
        for original in originals
    )
    land([LandingRecord("shardId-0", "77", NOON, lines)], store)


def delivery(prefix: str, *, others: bool = True) -> Delivery:
    events = [*hers(prefix), *(theirs(prefix) if others else ())]
    return Delivery(destination_id="crm", events=tuple(events), first_at=NOON)


def _on_the_way(world: World) -> None:
    """Spilled, spilled and brought back, parked, queued, dead, undeliverable, and told to the lake."""
    store = world.store
    for prefix in ("spill", "done"):
        records = pack(event_line(event) for event in [*hers(prefix), *theirs(prefix)])
        commit(records, stream=MemoryStream(down=True), store=store, request_id=prefix, at=NOON)
    spilled = next(key for key in store.objects if key.startswith("spill/") and "done" in key)
    redrive(spilled, stream=MemoryStream(), store=store)
    park(delivery("parked"), a_destination(), store, due=NOON)
    park(delivery("parked2", others=False), a_destination(), store, due=NOON)
    for name, queue in world.queues.items():
        for number in range(12):
            others = Delivery(
                destination_id="crm", events=tuple(theirs(f"{name}{number}")), first_at=NOON
            )
            queue.send([others.to_message()])
        queue.send([delivery(name).to_message(), delivery(f"{name}x", others=False).to_message()])
    never = Result(Verdict.DROP, "http_400", "user-1 is no address")
    for one in (delivery("never"), delivery("never2", others=False)):
        kept = undeliverable.kept(one, [(event, never) for event in one.events], now=NOON)
        store.put(kept.key, kept.body)
    malformed = undeliverable.kept_malformed('{"v": 7, "userId": "user-1"', now=NOON)
    store.put(malformed.key, malformed.body)
    settled = Settlement(destination_id="crm", delivered=delivery("told").events)
    outcome_rows.write(outcome_rows.rows(delivery("told"), settled, now=NOON), store, now=NOON)


def lambda_batch(*lines: bytes, key: str = "kinesis") -> bytes:
    """What Lambda writes for a batch it gave up on."""
    records = [
        {
            "eventID": f"shardId-0:{number}",
            "kinesis": {
                "sequenceNumber": f"{number}",
                "approximateArrivalTimestamp": NOON.timestamp(),
                "data": b64encode(line).decode(),
            },
        }
        for number, line in enumerate(lines)
    ]
    arn = "arn:aws:lambda:us-east-1:1:function:headwater-Lander:7"
    return orjson.dumps(
        {
            "requestContext": {"functionArn": arn},
            "payload": orjson.dumps({"Records": records}).decode(),
        }
    )


def _set_aside(store: MemoryStore) -> None:
    """What Lambda gave up on, and what could not be read."""
    own, others = hers("batch"), theirs("batch")
    together = b"".join(event.to_line() for event in [*own, *others])
    store.put("aws/lambda/1/batch-1", lambda_batch(together, own[0].to_line(), others[0].to_line()))
    store.put("aws/lambda/1/batch-2", lambda_batch(own[0].to_line()))
    change = {
        "eventID": "1",
        "dynamodb": {"Keys": {"pk": {"S": f"A#{LAPTOP}"}, "sk": {"S": "O"}}, "SequenceNumber": "1"},
    }
    other = {
        "eventID": "2",
        "dynamodb": {"Keys": {"pk": {"S": f"A#{LAPTOP}-2"}, "sk": {"S": "O"}}},
    }
    store.put("aws/lambda/2/table", orjson.dumps({"payload": {"Records": [change, other]}}))
    lines = tuple(
        (line, "KeyError: 'x'")
        for line in (
            b'{"userId": "user-1", "cut off',
            orjson.dumps({"userId": "user-1"}),
            orjson.dumps({"userId": "user-10"}),
            orjson.dumps({"userId": BOB, "anonymousId": LAPTOP}),
        )
    )
    set_aside(Unreadable("shardId-0:5", lines), store)
    text = (
        b'{"anonymousId": "device-of-anna-laptop", \n{"anonymousId": "device-of-anna-laptop-2", \n'
    )
    store.put("failed/compactor/dt=2026-03-01/x.ndjson.gz", gzip.compress(text))


def records_of(events: Iterable[StoredEvent]) -> list[StreamRecord]:
    return list(pack(event_line(event) for event in events))
