"""A randomised schedule of faults under the collector's ports, and what it promised its clients.

One seed is one schedule: the same requests, faults and deaths every time. The real Kinesis adapter
and breaker stand over a faulty client, so their retries are tried as well.
"""

import gzip
import random
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any, cast

import orjson
from botocore.exceptions import ClientError, EndpointConnectionError, ReadTimeoutError
from headwater.adapters.breaker import BreakerStream
from headwater.adapters.kinesis import KinesisClient, KinesisStream
from headwater.collect import collect
from headwater.errors import DependencyError
from headwater.spill import forgotten, redrive

from tests.examples import BROWSER_KEY, NOON, a_request, a_workspace
from tests.fakes import CrashError, MemoryStore

_WORKSPACE = a_workspace()
_KINESIS_FAULTS = (
    "throttled",
    "refused",
    "timed out",
    "accepted, then timed out",
    "half accepted, then timed out",
    "500",
    "reset",
)
_STORE_FAULTS = ("refused", "done, then failed")


class Schedule:
    """What happens, and a diary of it to print when a promise was broken."""

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self.random = random.Random(seed)
        self.diary: list[str] = []
        self.now = 0.0
        self.healthy = False
        # From a bad moment to a stream that is down for the whole schedule.
        self._shares = {
            "kinesis": self.random.choice([0.2, 0.6, 1.0, 1.0]),
            "s3": self.random.choice([0.0, 0.2, 0.6]),
        }
        self._deaths = self.random.choice([0.0, 0.05, 0.3])

    def fault(self, service: str, faults: Sequence[str]) -> str | None:
        """Decide what goes wrong with a call, None when nothing does."""
        if self.healthy or self.random.random() >= self._shares[service]:
            return None
        if self.random.random() < self._deaths:
            return self.random.choice(["died before", "died after"])
        return self.random.choice(faults)

    def note(self, what: str) -> None:
        self.diary.append(what)

    def sleep(self, seconds: float) -> None:
        self.now += seconds

    def monotonic(self) -> float:
        return self.now


class FaultyKinesis:
    """PutRecords that throttles, times out after accepting, resets, is slow, or never returns."""

    def __init__(self, schedule: Schedule) -> None:
        self._schedule = schedule
        self.lines: list[bytes] = []

    def put_records(self, *, StreamName: str, Records: Sequence[dict[str, Any]]) -> dict[str, Any]:  # noqa: N803
        schedule = self._schedule
        schedule.now += schedule.random.choice([0.01, 0.01, 0.3, 1.0])
        fault = schedule.fault("kinesis", _KINESIS_FAULTS)
        if fault is None:
            return self._taken(Records, refused=set())
        schedule.note(f"kinesis: {fault} ({len(Records)} records)")
        match fault:
            case "throttled":
                chosen = {at for at in range(len(Records)) if schedule.random.random() < 0.5}
                return self._taken(Records, refused=chosen)
            case "refused":
                return self._taken(Records, refused=set(range(len(Records))))
            case "accepted, then timed out":
                self._taken(Records, refused=set())
                raise ReadTimeoutError(endpoint_url="https://kinesis")
            case "half accepted, then timed out":
                self._taken(Records, refused={at for at in range(len(Records)) if at % 2})
                raise ReadTimeoutError(endpoint_url="https://kinesis")
            case "timed out":
                raise ReadTimeoutError(endpoint_url="https://kinesis")
            case "500":
                raise ClientError({"Error": {"Code": "InternalFailure"}}, "PutRecords")
            case "reset":
                raise EndpointConnectionError(endpoint_url="https://kinesis")
            case "died after":
                self._taken(Records, refused=set())
                raise CrashError
            case _:
                raise CrashError

    def _taken(self, records: Sequence[dict[str, Any]], refused: set[int]) -> dict[str, Any]:
        answers: list[dict[str, str]] = []
        for at, record in enumerate(records):
            if at in refused:
                answers.append({"ErrorCode": "ProvisionedThroughputExceededException"})
            else:
                self.lines.extend(record["Data"].splitlines())
                answers.append({"SequenceNumber": "1", "ShardId": "s"})
        return {"FailedRecordCount": len(refused), "Records": cast("Any", answers)}


class FaultyStore(MemoryStore):
    """A bucket that refuses, writes and then says it did not, or never returns."""

    def __init__(self, schedule: Schedule) -> None:
        super().__init__(now=NOON)
        self._schedule = schedule

    def put(self, key: str, body: bytes, *, if_absent: bool = False) -> bool:
        return self._effect(
            "put", lambda: super(FaultyStore, self).put(key, body, if_absent=if_absent)
        )

    def get(self, key: str) -> bytes:
        return self._effect("get", lambda: super(FaultyStore, self).get(key))

    def move(self, key: str, to: str) -> None:
        self._effect("copy", lambda: self.copy_whole(key, to))
        self._effect("delete", lambda: self.delete(key))

    def copy_whole(self, key: str, to: str) -> None:
        self.objects[to] = self.objects[key]

    def _effect[T](self, what: str, effect: Callable[[], T]) -> T:
        schedule = self._schedule
        fault = schedule.fault("s3", _STORE_FAULTS)
        if fault is None:
            return effect()
        schedule.note(f"s3 {what}: {fault}")
        if fault in ("done, then failed", "died after"):
            effect()
        if fault.startswith("died"):
            raise CrashError
        raise DependencyError(fault)


class Played:
    """One schedule, played to its end."""

    def __init__(self, seed: int) -> None:
        self.schedule = Schedule(seed)
        self.kinesis = FaultyKinesis(self.schedule)
        self.store = FaultyStore(self.schedule)
        self.promised: set[str] = set()
        self._new_environment()
        for number in range(self.schedule.random.randint(1, 5)):
            self._client(number)

    def _new_environment(self) -> None:
        stream = KinesisStream(
            cast("KinesisClient", self.kinesis),
            "events",
            sleep=self.schedule.sleep,
            monotonic=self.schedule.monotonic,
            random=self.schedule.random.random,
        )
        self.stream = BreakerStream(stream, monotonic=self.schedule.monotonic)

    def _client(self, number: int) -> None:
        """Send a batch as a client does: again while it gets no answer or a 503, four times at most."""
        count = self.schedule.random.choice([1, 2, 7, 12])
        # Large enough, at times, that a batch is several records.
        filling = "x" * self.schedule.random.choice([10, 10, 25_000])
        ids = [f"{number}-{at}" for at in range(count)]
        events = [
            {
                "type": "track" if self.schedule.random.random() < 0.9 else "nope",
                "userId": f"u-{message_id}",
                "event": "E",
                "messageId": message_id,
                "properties": {"filling": filling},
            }
            for message_id in ids
        ]
        body = {"writeKey": BROWSER_KEY, "batch": events}
        for attempt in range(4):
            request_id = self.schedule.random.choice([f"r-{number}-{attempt}", "the-same"])
            try:
                status = collect(
                    a_request(body, path="/v1/batch", id=request_id),
                    workspace=_WORKSPACE,
                    stream=self.stream,
                    store=self.store,
                    now=NOON,
                    new_id=lambda: "never",
                ).reply.status
            except CrashError:
                self.schedule.note(f"request {number}.{attempt}: no answer")
                self._new_environment()
                continue
            self.schedule.note(f"request {number}.{attempt}: {status}")
            if status == 200:
                self.promised.update(ids)
                return

    def kept(self) -> set[str]:
        """Return the ids of every line that is in the stream or waits in the spill."""
        waiting = [
            line
            for key, body in self.store.objects.items()
            if key.startswith("spill/")
            for line in gzip.decompress(body).splitlines()
        ]
        return {_id(line) for line in [*self.kinesis.lines, *waiting]}

    def redriven(self) -> set[str]:
        """Let the sweep run through faults, then in good health; return what the stream has."""
        for attempt in range(4):
            self.schedule.healthy = attempt == 3
            self._new_environment()
            try:
                for key in list(forgotten(self.store, now=NOON + timedelta(hours=1))):
                    redrive(key, stream=self.stream, store=self.store)
            except (CrashError, DependencyError):
                self.schedule.note(f"sweep {attempt}: interrupted")
        return {_id(line) for line in self.kinesis.lines}


def _id(line: bytes) -> str:
    if line[:1] == b"!":
        found: str = orjson.loads(line[1:])["original"]["messageId"]
    else:
        found = orjson.loads(line)["messageId"]
    return found
