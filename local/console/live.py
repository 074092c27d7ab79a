"""The last lines of the stream, kept while somebody watches, for everybody who does."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from itertools import islice
from threading import Condition, Event, Thread

from headwater.errors import DependencyError

from local.console.stream import StreamReader
from local.console.told import Told, told

KEPT = 1_000
KEPT_BYTES = 16 * 1024 * 1024
# A page that was left is noticed within seconds only, and somebody may load theirs again and again.
WATCHERS = 16

_AFTER_A_FAULT_SECONDS = 3.0


class CrowdedError(Exception):
    """So many pages watch already that one more would cost too much."""


class Live:
    """Numbers the lines as they come, from 1 on, and keeps the last `KEPT` of them.

    The stream is read only while a page is open, and from where the last one left it.
    """

    def __init__(self, reader: StreamReader, *, pause_seconds: float) -> None:
        """`pause_seconds`: between two reads, which is what every shard is asked and how late news is."""
        self._reader = reader
        self._pause = pause_seconds
        self._changed = Condition()
        self._kept: deque[Told] = deque()
        self._bytes = 0
        self._last = 0
        self._watchers = 0
        self._stopping = Event()
        self._thread: Thread | None = None
        self.fault = ""

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Keep the stream read meanwhile; raises `CrowdedError` when too many do."""
        with self._changed:
            if self._watchers >= WATCHERS:
                raise CrowdedError
            self._watchers += 1
            if self._thread is None:
                self._thread = Thread(target=self._follow, name="console", daemon=True)
                self._thread.start()
            self._changed.notify_all()
        try:
            yield
        finally:
            with self._changed:
                self._watchers -= 1

    def after(self, number: int, *, most: int, wait_seconds: float) -> tuple[int, list[Told]]:
        """Return the lines behind a number, the newest `most`, and the number to ask behind next.

        Waits for one when there is none; a change of `fault` ends the wait too.
        """
        with self._changed:
            fault = self.fault
            self._changed.wait_for(
                lambda: self._last > number or self.fault != fault, timeout=wait_seconds
            )
            many = min(self._last - number, len(self._kept), most)
            return self._last, list(islice(self._kept, len(self._kept) - many, None))

    def find(self, wanted: Callable[[Told], bool]) -> Told | None:
        """Return the newest line that is wanted."""
        return next((line for line in reversed(self.lines()) if wanted(line)), None)

    def lines(self) -> list[Told]:
        """Return all that is kept, oldest first."""
        with self._changed:
            return list(self._kept)

    def stop(self) -> None:
        """Read no more."""
        self._stopping.set()
        with self._changed:
            self._changed.notify_all()
        if self._thread is not None:
            self._thread.join()

    def _follow(self) -> None:
        while not self._stopping.is_set():
            with self._changed:
                self._changed.wait_for(lambda: self._watchers or self._stopping.is_set())
            pause = self._pause
            try:
                came = [line for record in self._reader.read() for line in told(record)]
                self._keep(came, fault="")
            except DependencyError as error:
                self._keep((), fault=str(error))
                pause = max(pause, _AFTER_A_FAULT_SECONDS)
            self._stopping.wait(pause)

    def _keep(self, lines: Iterable[Told], *, fault: str) -> None:
        with self._changed:
            before = self._last, self.fault
            self.fault = fault
            for line in lines:
                self._last += 1
                self._kept.append(line)
                self._bytes += len(line.line)
                while len(self._kept) > KEPT or self._bytes > KEPT_BYTES:
                    self._bytes -= len(self._kept.popleft().line)
            if (self._last, self.fault) != before:
                self._changed.notify_all()
