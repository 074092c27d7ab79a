"""What a network and a service can do to one call, done to it on a real connection."""

import socket
from collections.abc import Callable

from tests.faults.cloud import Answered, Cloud, failure, operation
from tests.faults.schedule import Schedule
from tests.vendor import Asked, Vendor, reply, reset

_REFUSED = ("500", "503 of a proxy", "timed out", "reset", "closed")
_ANY = (
    *_REFUSED,
    "taken, then 500",
    "taken, then timed out",
    "taken, then reset",
    "taken, then cut off",
    "slow",
    "reset while idle",
)
_FAULTS = {
    # Beside what any call may suffer, what only this one can; throttling is what Kinesis does most.
    "PutRecords": ("throttled", "throttled", "refused", "limit exceeded", "nonsense", *_ANY),
    "PutObject": ("conflict", "conflict", "conflict", "slow down", *_ANY),
    "CopyObject": ("error inside a 200", "slow down", *_ANY),
    "GetObject": ("slow down", *_ANY),
    "DeleteObject": ("slow down", *_ANY),
    "ListObjectsV2": ("slow down", *_ANY),
}


class FaultyCloud:
    """A cloud behind a bad network: how a `Vendor` answers, with a fault for a call when it is due."""

    def __init__(self, cloud: Cloud, schedule: Schedule) -> None:
        self.cloud = cloud
        self.schedule = schedule

    def __call__(self, asked: Asked, connection: socket.socket, _: Vendor) -> None:
        called = operation(asked)
        service = "kinesis" if called == "PutRecords" else "s3"
        fault = self.schedule.fault(service, _FAULTS[called], refusals=_REFUSED)
        if fault is None:
            deliver(connection, self.cloud.answer(asked))
            return
        self.schedule.note(f"{called}: {fault}")
        self._suffer(fault, asked, connection)

    def _suffer(self, fault: str, asked: Asked, connection: socket.socket) -> None:
        if fault.startswith("taken, then "):
            answered = self.cloud.answer(asked)
            _FATES[fault.removeprefix("taken, then ")](connection, answered, self.schedule)
        elif fault in _FATES:
            _FATES[fault](connection, Answered(500), self.schedule)
        elif fault in ("throttled", "refused"):
            every = range(len(asked.body))
            chosen = every if fault == "refused" else every[self.schedule.random.randint(0, 1) :: 2]
            deliver(connection, self.cloud.put_records(asked, refused=chosen))
        elif fault == "slow":
            self.schedule.now += 0.9
            deliver(connection, self.cloud.answer(asked))
        elif fault == "reset while idle":
            deliver(connection, self.cloud.answer(asked))
            reset(connection)
        else:
            deliver(connection, _REFUSALS[fault])


_REFUSALS = {
    "500": Answered(500, b'{"__type":"InternalFailure","message":"no"}'),
    "503 of a proxy": Answered(503, b"<html>busy</html>", {"Content-Type": "text/html"}),
    "limit exceeded": Answered(400, b'{"__type":"LimitExceededException"}'),
    "nonsense": Answered(200, b'{"FailedRecordCount":0}'),
    "conflict": failure(409, "ConditionalRequestConflict"),
    "slow down": failure(503, "SlowDown"),
    "error inside a 200": failure(200, "InternalError"),
}


def deliver(connection: socket.socket, answered: Answered) -> None:
    reply(connection, answered.status, answered.body, dict(answered.headers))


def _never(connection: socket.socket, _: Answered, schedule: Schedule) -> None:
    """Say nothing until the caller hangs up: its patience ends the call."""
    schedule.now += 1.0
    connection.recv(1)


def _cut_off(connection: socket.socket, answered: Answered, _: Schedule) -> None:
    """Promise a whole answer, send half of it and hang up."""
    half = answered.body[: len(answered.body) // 2]
    reply(connection, answered.status, half, {"Content-Length": str(len(answered.body) + 1)})
    connection.close()


_FATES: dict[str, Callable[[socket.socket, Answered, Schedule], None]] = {
    "timed out": _never,
    "cut off": _cut_off,
    "reset": lambda connection, _, __: reset(connection),
    "closed": lambda connection, _, __: connection.close(),
    "500": lambda connection, _, __: deliver(connection, _REFUSALS["500"]),
}
