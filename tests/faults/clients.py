"""Clients that send batches, believe the answer, and send again when there is none."""

from collections.abc import Callable, Mapping
from typing import Any

from tests.examples import BROWSER_KEY
from tests.fakes import CrashError
from tests.faults.schedule import Schedule

# A body and a request id in, the answer's status out; `CrashError` when the process died first.
Send = Callable[[Mapping[str, Any], str], int]


class Clients:
    """What the clients of one schedule sent, and what of it they were promised."""

    def __init__(self, schedule: Schedule) -> None:
        self._schedule = schedule
        self.sent: set[str] = set()
        self.promised: set[str] = set()
        # The events no collector can take; a promise about them is that their fault is told and kept.
        self.malformed: set[str] = set()

    def send_all(self, send: Send) -> None:
        for number in range(self._schedule.random.randint(1, 5)):
            self._send(self._batch(number), number, send)

    def _batch(self, number: int) -> list[dict[str, Any]]:
        random = self._schedule.random
        # Large enough, at times, that a batch is several records.
        filling = "x" * random.choice([10, 10, 10, 12_000])
        batch: list[dict[str, Any]] = []
        for at in range(random.choice([1, 2, 7, 12])):
            message_id = f"{self._schedule.seed}-{number}-{at}"
            valid = random.random() < 0.9
            if not valid:
                self.malformed.add(message_id)
            batch.append(
                {
                    "type": "track" if valid else "nope",
                    "userId": f"u-{message_id}",
                    "event": "E",
                    "messageId": message_id,
                    "properties": {"filling": filling},
                }
            )
        return batch

    def _send(self, batch: list[dict[str, Any]], number: int, send: Send) -> None:
        """Send a batch: again while it gets no answer or a 503, four times at most."""
        ids = {event["messageId"] for event in batch}
        self.sent |= ids
        for attempt in range(4):
            request_id = self._schedule.random.choice([f"r-{number}-{attempt}", "the-same"])
            try:
                status = send({"writeKey": BROWSER_KEY, "batch": batch}, request_id)
            except CrashError:
                self._schedule.note(f"request {number}.{attempt}: no answer")
                continue
            self._schedule.note(f"request {number}.{attempt}: {status}")
            # 400: every event was malformed, and each was kept with its fault.
            if status in (200, 400):
                self.promised |= ids
                return
            assert status == 503
            self._schedule.now += 2
