"""A copy is read in the background, waited for only where there is none, and done without when stale."""

import time
from threading import Event

from headwater.adapters.kept_copy import KeptCopy
from headwater.errors import DependencyError


class Source:
    """Something far away that counts its readers, may fail, and may take its time."""

    def __init__(self) -> None:
        self.now = 0.0
        self.reads = 0
        self.down = False
        self.answers = Event()
        self.answers.set()

    def read(self, before: int) -> int:
        self.answers.wait(5)
        if self.down:
            raise DependencyError("down")
        self.reads += 1
        return before + 1

    def copy(self) -> KeptCopy[int]:
        return KeptCopy(self.read, 0, seconds=lambda: self.now)


def used(copy: KeptCopy[int], patience_seconds: float = 5.0) -> int:
    copy.begin()
    return copy.value(patience_seconds=patience_seconds)


def settled(copy: KeptCopy[int]) -> None:
    while copy._reading is not None:
        time.sleep(0.001)


def test_the_first_user_waits_and_the_next_ones_do_not_read() -> None:
    source = Source()
    copy = source.copy()

    assert [used(copy) for _ in range(3)] == [1, 1, 1]
    assert source.reads == 1


def test_when_it_is_time_the_old_value_serves_while_the_new_one_is_read() -> None:
    source = Source()
    copy = source.copy()
    assert used(copy) == 1
    source.answers.clear()
    source.now = 61

    assert used(copy) == 1
    source.answers.set()
    settled(copy)
    assert used(copy) == 2


def test_whoever_has_nothing_waits_so_long_and_no_longer() -> None:
    source = Source()
    source.answers.clear()
    copy = source.copy()
    began = time.monotonic()

    assert used(copy, patience_seconds=0.05) == 0
    assert time.monotonic() - began < 2
    source.answers.set()


def test_a_source_that_fails_is_left_alone_for_a_while_and_then_asked_again() -> None:
    source = Source()
    source.down = True
    copy = source.copy()
    assert used(copy) == 0
    source.down = False
    settled(copy)

    source.now = 9
    assert used(copy) == 0
    source.now = 11
    assert used(copy) == 1


def test_a_value_outlives_an_outage_until_it_is_stale() -> None:
    source = Source()
    copy = source.copy()
    assert used(copy) == 1
    source.down = True

    source.now = 899
    assert used(copy) == 1
    settled(copy)
    source.now = 910
    assert used(copy) == 0
