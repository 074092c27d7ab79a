"""What identity costs, counted in DynamoDB operations."""

from datetime import timedelta
from random import Random

from headwater.destinations import check
from headwater.identity.store import IdentityStore
from headwater.record import StoredEvent
from headwater.stitch import stitch
from headwater.workspace import load

from tests.fakes import MemoryQueue, MemoryStore
from tests.identity.memory_table import MemoryTable
from tests.identity.stored import records
from tests.identity.tables import NOW
from tests.identity.workload import MORNING, batches, day, visit

YESTERDAY = MORNING - timedelta(days=1)
CONFIGURED = check(load("demo"))


def play(events: list[StoredEvent], table: MemoryTable, store: IdentityStore) -> int:
    before = table.operations
    for batch in batches(events, 500):
        stitch(
            records(batch),
            store=store,
            configured=CONFIGURED,
            queue=MemoryQueue(),
            objects=MemoryStore(),
            now=NOW,
        )
    return table.operations - before


def test_pairs_the_container_knows_cost_nothing_but_their_identifies() -> None:
    table = MemoryTable()
    store = IdentityStore(table, max_users_per_device=5)
    pages = [
        event for event in day(visitors=100, pages=40, random=Random(1)) if event.type == "page"
    ]
    play(pages, table, store)

    assert play(pages, table, store) == 0


def test_a_day_of_returning_visitors_costs_a_twentieth_of_an_operation_an_event() -> None:
    table = MemoryTable()
    store = IdentityStore(table, max_users_per_device=5)
    # Of a hundred pairs of today, ninety-five came yesterday; every fifth visit begins with a login.
    for known in range(95):
        play(list(visit(known, pages=2, start=YESTERDAY)), table, store)
    today = [
        event
        for event in day(visitors=100, pages=20, random=Random(2))
        if event.type == "page" or int(event.message_id.split("-")[0]) % 5 == 0
    ]

    operations = play(today, table, store)

    assert operations / len(today) <= 0.05
    # Twenty logins written; five new pairs of two reads, a write, and a read for a new login.
    assert (operations, len(today)) == (36, 1920)


def test_a_pair_new_to_table_and_container_costs_three_operations_and_its_events_no_more() -> None:
    table = MemoryTable()
    store = IdentityStore(table, max_users_per_device=5)
    pages = [event for event in visit(1, pages=60, start=NOW) if event.type == "page"]

    operations = play(pages, table, store)

    # The device is read and written; then the person is looked up for what is delivered.
    assert (operations, table.reads, table.writes) == (3, 2, 1)
