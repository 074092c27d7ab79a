"""The whole delivery in virtual time: queue, forwarders, breaker table, bucket, schedule, vendors.

Everything is the code that runs in Lambda, but for the ports: SQS is a queue that counts what is in
flight, S3 and DynamoDB are in memory, and a vendor takes the time its script says.
"""

from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import count
from threading import Lock

from headwater.deliver import deliver
from headwater.delivery.breaker import Breakers
from headwater.delivery.outside import Outside, Received
from headwater.delivery.pace import CONTAINERS, Pace
from headwater.delivery.parking import bring_back
from headwater.delivery.slowness import Slowness
from headwater.destination import Configured
from headwater.ports import HttpRequest, HttpResponse, QueueMessage

from tests.fakes import MemorySecrets, MemoryStore, MemoryTable
from tests.virtual_time import VirtualPool, VirtualTime

# As template.yaml has them.
BATCH = 10
VISIBILITY_SECONDS = 360
SCHEDULE_SECONDS = 300
TIME_LIMIT_SECONDS = 25.0


class SimulatedQueue:
    """SQS, standard: `in_flight` are received and not deleted, `delayed` not to be received yet."""

    def __init__(self, time: VirtualTime) -> None:
        self._time = time
        self._ready: deque[QueueMessage] = deque()
        self._receivers: deque[Lock] = deque()
        self._closed = False
        self.in_flight = self.delayed = 0
        self.most_in_flight = self.most_waiting = 0

    @property
    def empty(self) -> bool:
        return not (self._ready or self.in_flight or self.delayed)

    def send(self, messages: Sequence[QueueMessage]) -> None:
        for message in messages:
            if message.delay_seconds:
                self.delayed += 1
                self._measure()
                self._time.call_in(message.delay_seconds, lambda one=message: self._due(one))  # type: ignore[misc]
            else:
                self._arrive(message)

    def _due(self, message: QueueMessage) -> None:
        self.delayed -= 1
        self._arrive(message)

    def _arrive(self, message: QueueMessage) -> None:
        self._ready.append(message)
        if self._receivers:
            self._time.wake(self._receivers.popleft())

    def receive(self) -> Sequence[QueueMessage]:
        """Wait for messages; none when the queue was closed."""
        while not self._ready and not self._closed:
            self._time.park(self._receivers)
        taken = [self._ready.popleft() for _ in range(min(BATCH, len(self._ready)))]
        self.in_flight += len(taken)
        self._measure()
        return taken

    def _measure(self) -> None:
        self.most_in_flight = max(self.most_in_flight, self.in_flight)
        self.most_waiting = max(self.most_waiting, self.in_flight + self.delayed)

    def delete(self) -> None:
        self.in_flight -= 1

    def fail(self, message: QueueMessage) -> None:
        """Let a message that was not deleted become visible again."""

        def visible() -> None:
            self.in_flight -= 1
            self._arrive(message)

        self._time.call_in(VISIBILITY_SECONDS, visible)

    def close(self) -> None:
        self._closed = True
        while self._receivers:
            self._time.wake(self._receivers.popleft())


type Vendor = Callable[[HttpRequest, float], tuple[float, HttpResponse]]


@dataclass(frozen=True)
class VirtualHttp:
    """A vendor's answer, and how long it takes, by a function of the request and the moment."""

    time: VirtualTime
    vendor: Vendor

    def send(self, request: HttpRequest, *, timeout_seconds: float) -> HttpResponse:
        seconds, answer = self.vendor(request, self.time.seconds)
        self.time.sleep(min(seconds, timeout_seconds))
        return answer if seconds <= timeout_seconds else HttpResponse(0, fault="timeout")


@dataclass
class Service:
    """All of it; a test reads `queue` and `store` when it has run."""

    configured: Mapping[str, Configured]
    vendor: Vendor
    random: Callable[[], float]
    time: VirtualTime = field(default_factory=VirtualTime)

    def __post_init__(self) -> None:
        self.queue = SimulatedQueue(self.time)
        self.store = MemoryStore()
        self.lake = MemoryStore()
        self._breakers = MemoryTable()
        self._numbers = count()

    def run(self, arrive: Callable[[], None]) -> None:
        """Run until all that arrived is delivered or undeliverable."""
        arriving = True

        def until_done() -> None:
            nonlocal arriving
            arrive()
            arriving = False

        def schedule() -> None:
            outside = self._outside()
            while arriving or not self.queue.empty or self._parked():
                self.time.sleep(SCHEDULE_SECONDS)
                bring_back(
                    self.configured.values(),
                    store=self.store,
                    queue=self.queue,
                    breakers=outside.breakers,
                    now=self.time.now(),
                )
            self.queue.close()

        self.time.start(until_done)
        self.time.start(schedule)
        for _ in range(CONTAINERS):
            self.time.start(self._forward)
        self.time.run()

    def _parked(self) -> bool:
        return any(key.startswith("parked/") for key in self.store.objects)

    def _forward(self) -> None:
        """Be one container: it knows of breakers and of pace what it saw itself, as they do."""
        outside = self._outside()
        while messages := self.queue.receive():
            reports = deliver(
                [Received(str(at), one.body) for at, one in enumerate(messages)],
                self.configured,
                replace(outside, outcomes=MemoryStore()),
                time_limit_seconds=TIME_LIMIT_SECONDS,
            )
            for report in reports:
                if report.failed:
                    self.queue.fail(messages[int(report.id)])
                else:
                    self.queue.delete()

    def _outside(self) -> Outside:
        return Outside(
            http=VirtualHttp(self.time, self.vendor),
            queue=self.queue,
            store=self.store,
            outcomes=self.lake,
            secrets=MemorySecrets(),
            breakers=Breakers(self._breakers, seconds=self.time.monotonic),
            slowness=Slowness(self._breakers, seconds=self.time.monotonic, me=next(self._numbers)),
            pace=Pace(seconds=self.time.monotonic, sleep=self.time.sleep),
            now=self.time.now,
            seconds=self.time.monotonic,
            random=self.random,
            pools=lambda most, name: VirtualPool(self.time, most),
        )
