"""The collector's ports, at fault by a schedule: the real Kinesis adapter stands over the first."""

from collections.abc import Callable, Sequence
from typing import Any, cast

from botocore.exceptions import ClientError, EndpointConnectionError, ReadTimeoutError
from headwater.errors import DependencyError
from headwater.lake.landing import LandingRecord

from tests.fakes import CrashError, MemoryStore
from tests.faults.schedule import START, Schedule

_KINESIS_REFUSALS = ("refused", "timed out", "500", "reset")
_KINESIS_FAULTS = (
    "throttled",
    "accepted, then timed out",
    "half accepted, then timed out",
    *_KINESIS_REFUSALS,
)
_STORE_FAULTS = ("refused", "done, then failed")


class FaultyKinesis:
    """PutRecords that throttles, times out after accepting, resets, is slow, or never returns."""

    def __init__(self, schedule: Schedule) -> None:
        self._schedule = schedule
        self.records: list[LandingRecord] = []

    def put_records(self, *, StreamName: str, Records: Sequence[dict[str, Any]]) -> dict[str, Any]:  # noqa: N803
        schedule = self._schedule
        schedule.now += schedule.random.choice([0.01, 0.01, 0.3, 1.0])
        fault = schedule.fault("kinesis", _KINESIS_FAULTS, refusals=_KINESIS_REFUSALS)
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
        schedule = self._schedule
        answers: list[dict[str, str]] = []
        for at, record in enumerate(records):
            if at in refused:
                answers.append({"ErrorCode": "ProvisionedThroughputExceededException"})
                continue
            sequence = f"{len(self.records):08d}"
            self.records.append(
                LandingRecord(
                    f"shardId-{schedule.seed:012d}", sequence, schedule.date(), record["Data"]
                )
            )
            answers.append({"SequenceNumber": sequence, "ShardId": "s"})
        return {"FailedRecordCount": len(refused), "Records": cast("Any", answers)}


class FaultyStore(MemoryStore):
    """A bucket that refuses, writes and then says it did not, or never returns."""

    def __init__(self, schedule: Schedule) -> None:
        super().__init__(now=START)
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
        fault = schedule.fault("s3", _STORE_FAULTS, refusals=("refused",))
        if fault is None:
            return effect()
        schedule.note(f"s3 {what}: {fault}")
        if fault in ("done, then failed", "died after"):
            effect()
        if fault.startswith("died"):
            raise CrashError
        raise DependencyError(fault)
