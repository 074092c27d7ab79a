"""A randomised schedule of faults: one seed is the same requests, faults and deaths every time."""

import os
import random
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

# So that retries, spilled lines and re-drives fall on another UTC date than the first attempt.
START = datetime(2026, 3, 1, 23, 59, 50, tzinfo=UTC)
SWEEP_AFTER = timedelta(hours=1)
# When the lake is asked: after every sweep, and within the arrival hours that `events` looks at.
ASKED_AT = START + SWEEP_AFTER + timedelta(minutes=10)


class Schedule:
    """What happens when, and a diary of it to print when a promise was broken."""

    def __init__(self, seed: int, *, mortal: bool = True) -> None:
        self.seed = seed
        self.random = random.Random(seed)
        self.diary: list[str] = []
        self.now = 0.0
        self.healthy = False
        # How many calls go wrong, and until when a service refuses every one.
        self._shares = {
            "kinesis": self.random.choice([0.2, 0.6, 1.0]),
            "s3": self.random.choice([0.0, 0.3, 0.7]),
        }
        self._down_until = {
            "kinesis": self.random.choice([0, 0, 4, 3_000]),
            "s3": self.random.choice([0, 0, 4, 3_000]),
        }
        self._deaths = self.random.choice([0.0, 0.1, 0.4]) if mortal else 0.0

    def fault(self, service: str, faults: Sequence[str], *, refusals: Sequence[str]) -> str | None:
        """Decide what goes wrong with a call, None when nothing does; `refusals` take nothing."""
        if self.healthy:
            return None
        down = self.now < self._down_until[service]
        if not down and self.random.random() >= self._shares[service]:
            return None
        if self.random.random() < self._deaths:
            return self.random.choice(["died before", "died after"])
        return self.random.choice(refusals if down else faults)

    def note(self, what: str) -> None:
        self.diary.append(what)

    def sleep(self, seconds: float) -> None:
        self.now += seconds

    def monotonic(self) -> float:
        return self.now

    def date(self) -> datetime:
        return START + timedelta(seconds=self.now)


def blocks(count: int, *, size: int) -> list[range]:
    """Part the seeds 0 to `count` into blocks; `SEED=17` in the environment is that schedule alone."""
    if "SEED" in os.environ:
        seed = int(os.environ["SEED"])
        return [range(seed, seed + 1)]
    return [range(first, min(first + size, count)) for first in range(0, count, size)]


def schedules() -> int:
    """How many schedules to play over the ports; over HTTP it is a twentieth of them."""
    return int(os.environ.get("SCHEDULES", "2000"))
