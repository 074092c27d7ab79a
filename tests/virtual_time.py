"""Time that passes only when everybody waits: hours of sleeping threads in seconds, the same each run.

Threads run one at a time. When the one that runs sleeps, parks or ends, the next in the order of time
runs, and the clock is where it wanted to be woken. So a figure in virtual seconds says nothing of the
machine, and no two runs differ.
"""

from collections import deque
from collections.abc import Callable
from concurrent.futures import Executor, Future
from datetime import datetime, timedelta
from heapq import heappop, heappush
from itertools import count
from threading import Lock, Thread
from typing import Any

from tests.examples import NOON

type Wake = Callable[[], bool]  # True: somebody runs now


class VirtualTime:
    """`seconds` since the run began, which was noon."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self._due: list[tuple[float, int, Wake]] = []
        self._order = count()
        self._over = Lock()
        self._idle: list[_Thread] = []
        self._faults: list[BaseException] = []

    def monotonic(self) -> float:
        return self.seconds

    def now(self) -> datetime:
        return NOON + timedelta(seconds=self.seconds)

    def run(self) -> None:
        """Let everybody run until nobody has anything to wait for; raise what one of them raised."""
        self._over.acquire()
        self._pass_on()
        self._over.acquire()
        self._over.release()
        while self._idle:
            self._idle.pop().end()
        if self._faults:
            raise self._faults[0]

    def start(self, work: Callable[[], Any]) -> None:
        """Begin a thread; it runs when the one that runs now waits."""
        # One that has ended begins again: to make one costs more than most of them do.
        thread = self._idle.pop() if self._idle else _Thread(self._ended)
        thread.work = work
        self._wake_at(self.seconds, thread.turn)

    def _ended(self, thread: "_Thread", fault: BaseException | None) -> None:
        if fault is not None:
            self._faults.append(fault)
        self._idle.append(thread)
        self._pass_on()

    def sleep(self, seconds: float) -> None:
        mine = _closed()
        self._wake_at(self.seconds + seconds, mine)
        self._pass_on()
        mine.acquire()

    def park(self, parked: deque[Lock]) -> None:
        """Wait until somebody gives this thread's place in `parked` to `wake`."""
        mine = _closed()
        parked.append(mine)
        self._pass_on()
        mine.acquire()

    def wake(self, parked: Lock) -> None:
        self._wake_at(self.seconds, parked)

    def call_in(self, seconds: float, what: Callable[[], None]) -> None:
        """Do something later that takes no time and never waits."""

        def call() -> bool:
            what()
            return False

        heappush(self._due, (self.seconds + seconds, next(self._order), call))

    def _wake_at(self, moment: float, sleeper: Lock) -> None:
        def wake() -> bool:
            sleeper.release()
            return True

        heappush(self._due, (moment, next(self._order), wake))

    def _pass_on(self) -> None:
        while self._due and not self._faults:
            self.seconds, _, wake = heappop(self._due)
            if wake():
                return
        self._over.release()


class _Thread:
    """Does one work after the other, each when its turn has come, and tells how it ended."""

    def __init__(self, ended: Callable[["_Thread", BaseException | None], None]) -> None:
        self.turn = _closed()
        self.work: Callable[[], Any] | None = None
        self._ended = ended
        Thread(target=self._run, daemon=True).start()

    def end(self) -> None:
        """End it when it has no work."""
        self.work = None
        self.turn.release()

    def _run(self) -> None:
        while True:
            self.turn.acquire()
            if self.work is None:
                return
            fault = None
            try:
                self.work()
            except BaseException as raised:  # noqa: BLE001  `run` raises it
                fault = raised
            self._ended(self, fault)


def _closed() -> Lock:
    lock = Lock()
    lock.acquire()
    return lock


class VirtualPool(Executor):
    """A pool of threads of virtual time, as `ThreadPoolExecutor` is one of ours."""

    def __init__(self, time: VirtualTime, threads: int) -> None:
        self._time = time
        self._threads = threads
        self._running = 0
        self._tasks: deque[Callable[[], None]] = deque()
        self._joining: deque[Lock] = deque()

    def submit[**P, R](
        self, work: Callable[P, R], /, *args: P.args, **kwargs: P.kwargs
    ) -> Future[R]:
        future: Future[R] = Future()

        def task() -> None:
            try:
                future.set_result(work(*args, **kwargs))
            except BaseException as fault:  # noqa: BLE001  the future raises it
                future.set_exception(fault)

        self._tasks.append(task)
        if self._running < self._threads:
            self._running += 1
            self._time.start(self._work)
        return future

    def _work(self) -> None:
        while self._tasks:
            self._tasks.popleft()()
        self._running -= 1
        if not self._running:
            while self._joining:
                self._time.wake(self._joining.popleft())

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        while wait and self._running:
            self._time.park(self._joining)
