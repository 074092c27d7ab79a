"""One schedule, played over faulty ports: thousands of them in seconds, with deaths at every call."""

import gzip
from collections.abc import Mapping
from typing import Any, cast

from headwater.adapters.breaker import BreakerStream
from headwater.adapters.kinesis import KinesisClient, KinesisStream
from headwater.collect import collect
from headwater.errors import DependencyError
from headwater.lake.landing import LandingRecord
from headwater.spill import forgotten, redrive

from tests.examples import a_request, a_workspace
from tests.fakes import CrashError
from tests.faults.clients import Clients
from tests.faults.lake import ids
from tests.faults.ports import FaultyKinesis, FaultyStore
from tests.faults.schedule import START, SWEEP_AFTER, Schedule

_WORKSPACE = a_workspace()


class PlayedOverPorts:
    """The real collector, Kinesis adapter, breaker and re-drive over a faulty client and bucket."""

    def __init__(self, seed: int) -> None:
        self.schedule = Schedule(seed)
        self.kinesis = FaultyKinesis(self.schedule)
        self.store = FaultyStore(self.schedule)
        self.clients = Clients(self.schedule)
        self._new_environment()
        self.clients.send_all(self._send)

    def _new_environment(self) -> None:
        stream = KinesisStream(
            cast("KinesisClient", self.kinesis),
            "events",
            sleep=self.schedule.sleep,
            monotonic=self.schedule.monotonic,
            random=self.schedule.random.random,
        )
        self._stream = BreakerStream(stream, monotonic=self.schedule.monotonic)

    def _send(self, body: Mapping[str, Any], request_id: str) -> int:
        try:
            return collect(
                a_request(body, path="/v1/batch", id=request_id),
                workspace=_WORKSPACE,
                stream=self._stream,
                store=self.store,
                now=self.schedule.date(),
                new_id=lambda: "never",
            ).reply.status
        except CrashError:
            self._new_environment()
            raise

    @property
    def records(self) -> list[LandingRecord]:
        return self.kinesis.records

    def kept(self) -> set[str]:
        """Return the ids of every line that is in the stream or waits in the spill."""
        waiting = [
            gzip.decompress(body)
            for key, body in self.store.objects.items()
            if key.startswith("spill/")
        ]
        return ids([*(record.lines for record in self.kinesis.records), *waiting])

    def redriven(self) -> set[str]:
        """Let the sweep run through faults, then in good health; return what the stream has."""
        self.schedule.now = SWEEP_AFTER.total_seconds()
        for attempt in range(4):
            self.schedule.healthy = attempt == 3
            self._new_environment()
            try:
                for key in list(forgotten(self.store, now=START + SWEEP_AFTER)):
                    redrive(key, stream=self._stream, store=self.store)
            except (CrashError, DependencyError):
                self.schedule.note(f"sweep {attempt}: interrupted")
        return ids(record.lines for record in self.kinesis.records)
