"""How fast a destination may be asked: a token bucket for each, so that a declared rate is kept.

A vendor that counts requests answers 429 to all of an account, not to the one that overran. What is
known beforehand (the sheet's `rate`) is kept here; what is not, the vendor says by 429.
"""

from collections.abc import Callable
from threading import Lock

# How many containers may share a vendor's rate: the queue's MaximumConcurrency in the template.
CONTAINERS = 5


class Pace:
    """The turns of all destinations in one container; `seconds` is a monotonic clock.

    A destination that was quiet may be asked a second's worth at once; after that each turn comes
    `1 / rate` after the one before. Several lanes and threads may ask at the same time.
    """

    def __init__(self, *, seconds: Callable[[], float], sleep: Callable[[float], None]) -> None:
        self._seconds = seconds
        self._sleep = sleep
        self._empty_at: dict[str, float] = {}  # when all turns that were given are paid for
        self._lock = Lock()

    def take_turn(self, destination_id: str, rate: float | None, *, within: float) -> bool:
        """Wait for the next turn; False, at once, when it comes later than `within` seconds."""
        if rate is None:
            return True
        with self._lock:
            now = self._seconds()
            empty_at = max(now, self._empty_at.get(destination_id, now)) + 1 / rate
            wait = empty_at - now - max(1.0, 1 / rate)
            if wait > within:
                return False
            self._empty_at[destination_id] = empty_at
        if wait > 0:
            self._sleep(wait)
        return True
