"""The story of a batch, told with a table, a queue and a bucket in memory."""

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from headwater.destination import Configured, Delivery
from headwater.destinations import check
from headwater.identity.lines import Record
from headwater.identity.store import IdentityStore
from headwater.ids import person_of_device, person_of_user
from headwater.ports import Table
from headwater.privacy.suppressed import KEY_BYTES, Suppressed, hashed
from headwater.record import Identity, SourceReference, StoredEvent
from headwater.stitch import Stitched, stitch
from headwater.workspace import IdentityPolicy, load

from tests.examples import NOON, a_stored_track
from tests.fakes import MemoryQueue, MemoryStore
from tests.identity.faults import FaultyTable
from tests.identity.memory_table import MemoryTable
from tests.identity.stored import record, records

NOW = datetime(2026, 3, 2, tzinfo=UTC)
WEBHOOK: tuple[Configured, ...] = check(load("demo"))[:1]


def store(table: Table) -> IdentityStore:
    return IdentityStore(table, max_users_per_device=5)


def stitched(
    batch: Sequence[Record],
    table: Table,
    *,
    queue: MemoryQueue | None = None,
    objects: MemoryStore | None = None,
    fan_out_from: datetime | None = None,
    suppressed: Suppressed | None = None,
) -> Stitched:
    return stitch(
        batch,
        store=store(table),
        configured=WEBHOOK,
        queue=queue or MemoryQueue(),
        objects=objects or MemoryStore(),
        now=NOW,
        fan_out_from=fan_out_from,
        suppressed=suppressed,
    )


def seen(message_id: str, *, device: str | None = None, user: str | None = None) -> StoredEvent:
    return a_stored_track(message_id, identity=Identity(anonymous_id=device, user_id=user))


def delivered(queue: MemoryQueue) -> dict[str, str | None]:
    """What was queued: message id → person id."""
    deliveries = [Delivery.from_json(json.loads(message.body)) for message in queue.messages]
    return {
        event.message_id: event.identity.person_id
        for delivery in deliveries
        for event in delivery.events
    }


def test_an_event_is_delivered_under_the_person_the_same_batch_makes_of_its_visitor() -> None:
    queue = MemoryQueue()

    result = stitched(
        records([seen("m1", device="d"), seen("m2", device="d", user="u"), seen("m3", user="u")]),
        MemoryTable(),
        queue=queue,
    )

    assert delivered(queue) == dict.fromkeys(("m1", "m2", "m3"), person_of_user("u"))
    assert result == Stitched(events=3, set_aside=0, messages=1)


def test_whoever_is_suppressed_is_neither_linked_nor_delivered() -> None:
    queue, table = MemoryQueue(), MemoryTable()
    key = b"k" * KEY_BYTES
    suppressed = Suppressed.of([hashed("user", "u", key), hashed("anonymous", "d2", key)], key)
    batch = [
        seen("m1", device="d", user="u"),
        seen("m2", device="d2"),
        seen("m3", device="d3", user="v"),
    ]

    result = stitched(records(batch), table, queue=queue, suppressed=suppressed)

    assert delivered(queue) == {"m3": person_of_user("v")}
    assert result == Stitched(events=3, set_aside=0, messages=1)
    assert store(table).person(Identity(anonymous_id="d")) == person_of_device("d")


def test_a_visitor_nobody_knows_is_a_person_of_its_own_and_nobody_is_none() -> None:
    queue = MemoryQueue()

    stitched(records([seen("m1", device="d"), seen("m2")]), MemoryTable(), queue=queue)

    assert delivered(queue) == {"m1": person_of_device("d"), "m2": None}


def test_a_merged_user_is_delivered_under_the_smaller_person() -> None:
    queue = MemoryQueue()
    merge = a_stored_track(
        "m1",
        type="alias",
        source=SourceReference("shop-server", "server"),
        identity=Identity(user_id="u1", previous_id="u2"),
    )

    stitched(
        records([merge, seen("m2", user="u1"), seen("m3", user="u2")]), MemoryTable(), queue=queue
    )

    person = min(person_of_user("u1"), person_of_user("u2"))
    assert delivered(queue) == dict.fromkeys(("m1", "m2", "m3"), person)


def test_a_thousand_events_of_one_hot_user_make_one_write_an_item() -> None:
    table = MemoryTable()
    hot = [
        a_stored_track(
            f"m{number}",
            type="identify",
            traits={"visits": number},
            timestamp=NOON + timedelta(seconds=number),
            received_at=NOON + timedelta(seconds=number),
            identity=Identity(anonymous_id="d", user_id="u"),
        )
        for number in range(1000)
    ]

    stitched(records(hot), table)

    assert [(change.pk, change.sk) for change in table.stream] == [("A#d", "O"), ("T#u:u", "T")]


def test_a_known_pair_costs_nothing_at_all() -> None:
    table = MemoryTable()
    memory = store(table)
    batch = records([seen("m1", device="d", user="u"), seen("m2", device="d")])
    arguments = {"configured": WEBHOOK, "objects": MemoryStore(), "now": NOW}
    stitch(batch, store=memory, queue=MemoryQueue(), **arguments)  # type: ignore[arg-type]
    before = table.operations

    stitch(batch, store=memory, queue=MemoryQueue(), **arguments)  # type: ignore[arg-type]

    assert table.operations == before


def test_a_known_pair_new_to_the_container_costs_one_read_when_nobody_is_told() -> None:
    table = MemoryTable()
    batch = records([seen("m1", device="d", user="u")])
    stitched(batch, table)
    reads, writes = table.reads, table.writes

    stitched(batch, table, fan_out_from=NOW)

    assert (table.reads - reads, table.writes - writes, table.refused) == (1, 0, 0)


def test_rejected_lines_are_skipped_without_being_read() -> None:
    batch = [Record("shard:1", "1", b"!not even json\n" + seen("m1", device="d").to_line())]

    assert stitched(batch, MemoryTable()) == Stitched(events=1, set_aside=0, messages=1)


def test_a_line_that_cannot_be_read_is_set_aside_with_its_reason_and_stalls_nobody() -> None:
    queue, objects = MemoryQueue(), MemoryStore()
    bad = b'{"type":"track"}\n\xff\n[]\n'
    batch = [
        Record("shard:1", "1", seen("m1", device="d").to_line() + bad),
        record(seen("m2", device="d"), sequence=2),
    ]

    result = stitched(batch, MemoryTable(), queue=queue, objects=objects)

    assert set(delivered(queue)) == {"m1", "m2"}
    assert result == Stitched(events=2, set_aside=3, messages=1)
    kept = [
        json.loads(line) for line in objects.objects["failed/stitcher/shard-1.ndjson"].splitlines()
    ]
    assert [(one["record"], one["line"], one["reason"].split(":")[0]) for one in kept] == [
        ("shard:1", '{"type":"track"}', "KeyError"),
        ("shard:1", "\\xff", "JSONDecodeError"),
        ("shard:1", "[]", "TypeError"),
    ]


def test_an_id_no_collector_of_ours_lets_through_is_set_aside() -> None:
    table = MemoryTable()

    result = stitched(records([seen("m1", device="undefined", user="u" * 300)]), table)

    assert (result.set_aside, table.items) == (1, {})


def test_a_table_that_fails_sends_the_batch_again_from_the_first_record_it_was_needed_for() -> None:
    queue = MemoryQueue()
    batch = records(
        [
            seen("m1", device="d1", user="u1"),
            seen("m2", device="d2", user="u2"),
            seen("m3", device="d3", user="u3"),
        ]
    )

    result = stitched(batch, FaultyTable(MemoryTable(), lambda pk: pk == "A#d2"), queue=queue)

    assert result == Stitched(3, 0, 1, failed_from="2", fault="the table does not answer")
    assert set(delivered(queue)) == {"m1"}


def test_a_record_is_done_only_when_every_item_it_touches_is() -> None:
    table = MemoryTable()
    knows = a_stored_track("m1", type="identify", traits={"a": 1}, identity=Identity(user_id="u"))
    batch = records([seen("m0", device="d0", user="u"), knows, seen("m2", device="d2", user="u2")])

    result = stitched(batch, FaultyTable(table, lambda pk: pk.startswith("T#")))

    assert result.failed_from == "2"


def test_a_queue_that_refuses_sends_the_batch_again() -> None:
    result = stitched(
        records([seen("m1", device="d")]), MemoryTable(), queue=MemoryQueue(down=True)
    )

    assert (result.failed_from, result.fault) == ("1", "the queue is down")


def test_after_a_replay_of_the_stream_old_events_are_linked_but_not_delivered_again() -> None:
    queue, table = MemoryQueue(), MemoryTable()
    old = seen("m1", device="d", user="u")
    new = replace(seen("m2", device="d"), received_at=NOON + timedelta(hours=1))

    stitched(records([old, new]), table, queue=queue, fan_out_from=NOON + timedelta(minutes=1))

    assert delivered(queue) == {"m2": person_of_user("u")}


def test_a_blocked_user_owns_no_device_and_is_delivered_as_itself() -> None:
    table, queue = MemoryTable(), MemoryQueue()

    ended = stitch(
        records([seen("m1", device="d1", user="qa-user"), seen("m2", device="d1")]),
        store=store(table),
        configured=WEBHOOK,
        queue=queue,
        objects=MemoryStore(),
        now=NOW,
        policy=IdentityPolicy(blocked_ids=frozenset({"qa-user"})),
    )

    assert ended.failed_from is None
    assert table.items == {}
    assert delivered(queue) == {"m1": person_of_user("qa-user"), "m2": person_of_device("d1")}
