"""What waits long waits in the bucket, and comes back when it is due."""

from datetime import datetime, timedelta

import orjson
from headwater.delivery.breaker import Breakers
from headwater.delivery.parking import bring_back, park
from headwater.destination import Delivery, Result
from headwater.outcomes import Verdict

from tests.examples import NOON, a_stored_track
from tests.fakes import MemoryQueue, MemoryStore, MemoryTable
from tests.unit.test_deliver import a_destination


def minutes(count: float) -> timedelta:
    return timedelta(minutes=count)


class Lot:
    """A parking lot of one destination, and the queue its messages come back to."""

    def __init__(self) -> None:
        self.destination = a_destination()
        self.store, self.queue = MemoryStore(), MemoryQueue()
        self.breakers = Breakers(MemoryTable(), seconds=iter(range(0, 10_000, 10)).__next__)

    def park(self, message_id: str, *, due: datetime, first_at: datetime = NOON) -> None:
        delivery = Delivery(
            destination_id="crm", events=(a_stored_track(message_id),), first_at=first_at
        )
        park(delivery, self.destination, self.store, due=due)

    def fail(self, now: datetime) -> None:
        self.breakers.note("crm", [Result(Verdict.AUTH)], now=now)

    def bring_back(self, now: datetime) -> list[str]:
        self.queue.messages.clear()
        counts = bring_back(
            [self.destination],
            store=self.store,
            queue=self.queue,
            breakers=self.breakers,
            now=now,
        )
        assert sum(counts.values()) == len(self.queue.messages)
        return sorted(
            event["messageId"]
            for message in self.queue.messages
            for event in orjson.loads(message.body)["events"]
        )


def test_what_is_due_comes_back_as_it_was_and_leaves_no_object() -> None:
    lot = Lot()
    lot.park("soon", due=NOON + minutes(20))
    lot.park("later", due=NOON + minutes(40))

    back = [lot.bring_back(NOON + minutes(at)) for at in (19, 20, 30, 40)]

    assert back == [[], ["soon"], [], ["later"]]
    assert lot.store.objects == {}


def test_while_the_vendor_is_left_alone_nothing_comes_back_but_what_must_be_given_up() -> None:
    lot = Lot()
    lot.park("young", due=NOON + minutes(1), first_at=NOON)
    lot.park("old", due=NOON + minutes(1), first_at=NOON - timedelta(hours=4))
    lot.fail(NOON)

    assert lot.bring_back(NOON + minutes(2)) == ["old"]


def test_when_the_vendor_may_be_back_one_message_finds_out_and_the_rest_follow() -> None:
    lot = Lot()
    for number in range(5):
        lot.park(f"m{number}", due=NOON, first_at=NOON + minutes(number))
    lot.fail(NOON)

    probe = lot.bring_back(NOON + minutes(6))
    lot.breakers.wait_seconds("crm", now=NOON + minutes(6))
    lot.breakers.note("crm", [Result(Verdict.OK)], now=NOON + minutes(6))
    rest = lot.bring_back(NOON + minutes(7))

    assert (probe, rest) == (["m0"], ["m1", "m2", "m3", "m4"])


def test_what_is_due_returns_before_the_message_is_given_up() -> None:
    lot = Lot()
    lot.park("last", due=NOON + timedelta(hours=9))

    assert lot.bring_back(NOON + timedelta(hours=4)) == ["last"]


def test_a_run_that_has_no_time_leaves_the_rest_for_the_next() -> None:
    lot = Lot()
    for number in range(25):
        lot.park(f"m{number}", due=NOON, first_at=NOON + minutes(number))
    had_time = iter([True, True, False])

    first = bring_back(
        [lot.destination],
        store=lot.store,
        queue=lot.queue,
        breakers=lot.breakers,
        now=NOON + minutes(1),
        has_time=had_time.__next__,
    )
    rest = lot.bring_back(NOON + minutes(2))

    assert sum(first.values()) + len(rest) == 25
    assert 15 <= sum(first.values()) < 25
