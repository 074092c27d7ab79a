"""A copy of something that lives elsewhere, read again in the background of whoever uses it.

Lambda runs nothing between requests, so a request starts the reading and does not wait for it. Only
where there is nothing yet, or only what is too old to be used, a request waits for a moment.
"""

from collections.abc import Callable
from threading import Event, Thread

REFRESH_SECONDS = 60.0
# After this long without news a key may be revoked and a salt deleted: better none than such.
STALE_SECONDS = 900.0
# A service that fails is asked again this much later, and no request waits for it meanwhile.
PAUSE_SECONDS = 10.0


class KeptCopy[Value]:
    """The copy; `read` takes the value before and raises for a fault; `seconds` is monotonic."""

    def __init__(
        self,
        read: Callable[[Value], Value],
        nothing: Value,
        *,
        seconds: Callable[[], float],
        refresh_seconds: float = REFRESH_SECONDS,
        stale_seconds: float = STALE_SECONDS,
    ) -> None:
        self._read = read
        self._nothing = nothing
        self._value = nothing
        self._seconds = seconds
        self._refresh_seconds = refresh_seconds
        self._stale_seconds = stale_seconds
        self._read_at: float | None = None
        self._next_at = float("-inf")
        self._reading: Event | None = None

    def begin(self) -> None:
        """Start to read, when it is time and nobody reads."""
        now = self._seconds()
        if now < self._next_at:
            return
        # A thread that Lambda froze may never end: the next minute does not wait for it.
        self._next_at = now + self._refresh_seconds
        self._reading = done = Event()
        Thread(target=self._run, args=(done,), daemon=True).start()

    def value(self, *, patience_seconds: float) -> Value:
        """Return the copy, waiting so long for the first one; nothing where there is none to use."""
        if not self._usable() and self._reading is not None:
            self._reading.wait(patience_seconds)
        return self._value if self._usable() else self._nothing

    def _usable(self) -> bool:
        return self._read_at is not None and self._seconds() - self._read_at < self._stale_seconds

    def _run(self, done: Event) -> None:
        began = self._seconds()
        try:
            value = self._read(self._value)
            # Lambda may have frozen this thread for hours, and another read in the meantime.
            if self._read_at is None or began >= self._read_at:
                self._value, self._read_at = value, began
        except Exception:  # noqa: BLE001 - whatever ails the reading costs the copy, never a request
            self._next_at = self._seconds() + PAUSE_SECONDS
        finally:
            if self._reading is done:
                self._reading = None
            done.set()
