"""What is promised of every schedule, however it was played."""

from collections.abc import Iterable
from pathlib import Path
from typing import Protocol

from headwater.lake.landing import LandingRecord
from headwater.ports import ObjectStore

from tests.faults.clients import Clients
from tests.faults.lake import Lakehouse, landed
from tests.faults.schedule import Schedule


class Played(Protocol):
    """A schedule that was played: what the clients were told, and what is kept."""

    schedule: Schedule
    clients: Clients

    @property
    def store(self) -> ObjectStore: ...

    @property
    def records(self) -> list[LandingRecord]: ...

    def kept(self) -> set[str]: ...

    def redriven(self) -> set[str]: ...


class Promises:
    """The promises of many schedules, kept in one lake."""

    def __init__(self, store: ObjectStore, directory: Path) -> None:
        self.lake = Lakehouse(store, directory)
        self._sent = set[str]()
        self._promised = set[str]()
        self._malformed = set[str]()
        self._diaries: dict[str, Schedule] = {}

    def check(self, played: Played) -> None:
        """An event that got a 200 is in the stream or the spill, and in the stream after the re-drive."""
        schedule, clients = played.schedule, played.clients
        self._diaries[str(schedule.seed)] = schedule
        self._sent |= clients.sent
        self._promised |= clients.promised
        self._malformed |= clients.malformed
        assert not (lost := clients.promised - played.kept()), self._told("lost", lost)
        assert not (lost := clients.promised - played.redriven()), self._told("not redriven", lost)
        assert not list(played.store.list("spill/")), self._told("still spilled", clients.sent)
        landed(played.records, played.store, schedule)

    def check_lake(self) -> None:
        """What was promised is in the lake, once; nothing else is, and no malformed event is forgotten."""
        found = self.lake.find()
        events = self._promised - self._malformed
        assert not (lost := events - found.events.keys()), self._told("not in the lake", lost)
        twice = {message_id for message_id, rows in found.events.items() if rows != 1}
        assert not twice, self._told("more than once in the lake", twice)
        forgotten = (self._promised & self._malformed) - found.rejected
        assert not forgotten, self._told("rejected and not kept", forgotten)
        invented = found.events.keys() - (self._sent - self._malformed)
        assert not invented, self._told("never sent", invented)

    def _told(self, fault: str, message_ids: Iterable[str]) -> str:
        """Name a schedule that broke a promise, with its diary. An id begins with its schedule's seed."""
        message_ids = sorted(message_ids)
        schedule = self._diaries[message_ids[0].partition("-")[0]]
        diary = "\n  ".join(schedule.diary)
        return f"SEED={schedule.seed} {fault}: {message_ids}\n  {diary}"
