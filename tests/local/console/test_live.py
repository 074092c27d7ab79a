"""The live feed: numbered, bounded, read while somebody watches, and honest about a fault."""

from collections.abc import Iterator
from contextlib import ExitStack
from threading import Event

import pytest
from headwater.errors import DependencyError
from headwater.lake.landing import LandingRecord

from local.console import live as live_module
from local.console.live import KEPT, WATCHERS, CrowdedError, Live
from tests.local.console.lines import event_line, record


class Reader:
    """A stream that has what it is given, once."""

    def __init__(self) -> None:
        self.waiting: list[LandingRecord] = []
        self.fault = ""
        self.reads = 0
        self.asked = Event()

    def read(self) -> Iterator[LandingRecord]:
        self.reads += 1
        self.asked.set()
        if self.fault:
            raise DependencyError(self.fault)
        came, self.waiting = self.waiting, []
        yield from came


@pytest.fixture
def reader() -> Reader:
    return Reader()


@pytest.fixture
def live(reader: Reader) -> Iterator[Live]:
    live = Live(reader, pause_seconds=0.001)  # type: ignore[arg-type]
    yield live
    live.stop()


def test_what_came_is_told_once_and_in_order(live: Live, reader: Reader) -> None:
    with live.watching():
        reader.waiting = [record(event_line("m-1"), event_line("m-2"))]
        number, first = live.after(0, most=10, wait_seconds=5)
        reader.waiting = [record(event_line("m-3"))]
        last, then = live.after(number, most=10, wait_seconds=5)

    assert [line.message_id for line in first] == ["m-1", "m-2"]
    assert ([line.message_id for line in then], last) == (["m-3"], 3)
    assert live.after(last, most=10, wait_seconds=0) == (3, [])


def test_only_the_last_lines_are_kept_and_only_the_newest_are_told(
    live: Live, reader: Reader
) -> None:
    with live.watching():
        reader.waiting = [record(*(event_line(f"m-{at}") for at in range(KEPT + 5)))]
        number, newest = live.after(0, most=2, wait_seconds=5)

    assert number == KEPT + 5
    assert [line.message_id for line in newest] == [f"m-{KEPT + 3}", f"m-{KEPT + 4}"]
    assert len(live.lines()) == KEPT
    assert live.find(lambda line: line.message_id == "m-4") is None
    assert live.find(lambda line: line.message_id == "m-5") is not None


def test_lines_are_bounded_in_bytes_too(
    live: Live, reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live_module, "KEPT_BYTES", 3 * len(event_line("m-1")))
    with live.watching():
        reader.waiting = [record(*(event_line(f"m-{at}") for at in range(9)))]
        live.after(0, most=1, wait_seconds=5)

    assert [line.message_id for line in live.lines()] == ["m-6", "m-7", "m-8"]


def test_nobody_watching_costs_no_read(live: Live, reader: Reader) -> None:
    assert not reader.asked.wait(0.05)
    with live.watching():
        assert reader.asked.wait(5)
    reads = reader.reads
    assert not Event().wait(0.05)
    assert reader.reads <= reads + 1  # the one that was under way


def test_a_fault_is_told_and_passes(
    live: Live, reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live_module, "_AFTER_A_FAULT_SECONDS", 0.001)
    reader.fault = "Kinesis: AccessDeniedException"
    with live.watching():
        live.after(0, most=1, wait_seconds=5)
        assert live.fault == "Kinesis: AccessDeniedException"
        reader.waiting, reader.fault = [record(event_line("m-1"))], ""
        live.after(0, most=1, wait_seconds=5)
        _, came = live.after(0, most=1, wait_seconds=5)

    assert (live.fault, len(came)) == ("", 1)


def test_so_many_may_watch_and_a_place_is_given_back(live: Live) -> None:
    with ExitStack() as watchers:
        for _ in range(WATCHERS):
            watchers.enter_context(live.watching())
        with pytest.raises(CrowdedError), live.watching():
            pass
    with live.watching():
        pass
