"""Who may ask a slow destination: two of the forwarders, and everybody a quick one."""

from datetime import datetime, timedelta

from headwater.delivery.slowness import HOLD_SECONDS, PLACES, Slowness

from tests.examples import NOON
from tests.fakes import MemoryTable


class Forwarders:
    """Five of them with one clock, all of which have found the vendor slow."""

    def __init__(self, table: MemoryTable) -> None:
        self.now: datetime = NOON
        self.all = [Slowness(table, seconds=self._seconds, me=me) for me in range(5)]
        for one in self.all:
            one.took("crm", 7.0)

    def _seconds(self) -> float:
        return (self.now - NOON).total_seconds()

    def who_may(self, destination_id: str = "crm") -> list[int]:
        return [me for me, one in enumerate(self.all) if one.may_ask(destination_id, now=self.now)]


def test_two_forwarders_ask_a_slow_destination_and_all_a_quick_one() -> None:
    forwarders = Forwarders(MemoryTable())
    forwarders.all[0].took("mail", 0.3)

    assert forwarders.who_may() == [0, 1]
    assert forwarders.who_may("mail") == [0, 1, 2, 3, 4]
    forwarders.now += timedelta(seconds=HOLD_SECONDS - 5)
    assert forwarders.who_may() == [0, 1], "a holder renews its place"


def test_a_forwarder_that_went_away_leaves_its_place_to_another() -> None:
    forwarders = Forwarders(MemoryTable())
    forwarders.who_may()
    del forwarders.all[:PLACES]
    forwarders.now += timedelta(seconds=HOLD_SECONDS)

    assert forwarders.who_may() == [0, 1]


def test_several_slow_destinations_share_the_places() -> None:
    forwarders = Forwarders(MemoryTable())
    for one in forwarders.all:
        one.took("mail", 3.0)

    assert forwarders.who_may("mail") == forwarders.who_may("crm") == [0, 1]


def test_a_destination_that_is_quick_again_is_everybodys() -> None:
    forwarders = Forwarders(MemoryTable())
    for one in forwarders.all:
        for _ in range(3):
            one.took("crm", 0.2)

    assert forwarders.who_may() == [0, 1, 2, 3, 4]


def test_nobody_waits_for_a_table_that_is_down() -> None:
    assert Forwarders(MemoryTable(down=True)).who_may() == [0, 1, 2, 3, 4]


def test_a_quick_destination_costs_no_look_at_the_table() -> None:
    table = MemoryTable()
    one = Slowness(table, seconds=lambda: 0.0, me=1)
    one.took("mail", 0.3)

    assert one.may_ask("mail", now=NOON)
    assert (table.reads, table.writes) == (0, 0)
