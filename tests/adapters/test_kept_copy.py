"""A copy is read in the background, waited for only where there is none, and done without when stale."""

import socket
import threading
import time
from datetime import UTC, datetime
from threading import Event

import pytest
from headwater.adapters.kept_copy import KeptCopy
from headwater.adapters.signed_call import SignedCalls
from headwater.errors import DependencyError

from tests.vendor import Asked, Vendor, reply, vendor


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


def settled[Value](copy: KeptCopy[Value]) -> None:
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
    assert time.monotonic() - began < 4  # the source takes five
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


def test_a_reading_that_was_frozen_undoes_nothing_that_was_read_after_it() -> None:
    frozen, thawed, now = Event(), Event(), 0.0
    answers = iter(["before the freeze", "after it", "a minute later"])

    def read(_: str) -> str:
        answer = next(answers)
        if answer == "before the freeze":
            frozen.set()
            thawed.wait(5)
        return answer

    copy = KeptCopy(read, "nothing", seconds=lambda: now)
    copy.begin()
    assert frozen.wait(5)
    first = copy._reading
    assert first is not None
    now = 7_200.0
    copy.begin()
    assert copy.value(patience_seconds=5) == "after it"

    thawed.set()
    assert first.wait(5)

    assert copy.value(patience_seconds=0) == "after it"
    now += 61
    copy.begin()
    settled(copy)
    assert copy.value(patience_seconds=0) == "a minute later"


@pytest.mark.enable_socket
def test_a_connection_that_died_in_a_freeze_costs_one_try_and_leaves_nothing_behind() -> None:
    before, dead, now = set(threading.enumerate()), Event(), 0.0

    def answer(_: Asked, connection: socket.socket, at: Vendor) -> None:
        if len(at.asked) == 1:
            dead.wait(10)  # whoever asked has long been forgotten here
        else:
            reply(connection, 200, b"list")

    with vendor(answer) as at:
        environ = {
            "AWS_ENDPOINT_URL": at.url,
            "AWS_REGION": "us-east-1",
            "AWS_ACCESS_KEY_ID": "testing",
            "AWS_SECRET_ACCESS_KEY": "testing",
        }
        calls = SignedCalls(environ, lambda: datetime(2026, 3, 1, tzinfo=UTC), timeout_seconds=1)
        copy = KeptCopy(lambda _: calls.get_object("b", "k").body, b"", seconds=lambda: now)
        copy.begin()
        (reading,) = readings(before)
        reading.join(5)
        assert not reading.is_alive()
        assert copy.value(patience_seconds=0) == b""

        now = 10.0
        copy.begin()
        assert copy.value(patience_seconds=5) == b"list"
        dead.set()
    for one in readings(before):
        one.join(5)  # it may still be on its way out
    assert readings(before) == []


def readings(before: set[threading.Thread]) -> list[threading.Thread]:
    """The threads that read, of those that were begun since."""
    begun = set(threading.enumerate()) - before
    return [one for one in begun if one.daemon and one.name.endswith("(_run)")]
