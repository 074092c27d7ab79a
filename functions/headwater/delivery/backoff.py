"""When to try again, and when to give up."""

from collections.abc import Callable
from datetime import timedelta

from headwater.destination.result import Result
from headwater.destination.sheet import AnyDestination
from headwater.outcomes import Verdict

BASE_SECONDS = 10.0
CAP_SECONDS = 900.0

# How long a message waits when only a human can mend it: often enough to notice the mending soon.
AUTH_SECONDS = 300.0

# Segment's own patience with a destination (docs/connections/destinations, read 2025-11-07).
PATIENCE = timedelta(hours=4)
_BEFORE_TOO_OLD = timedelta(minutes=5)


def patience(sheet: AnyDestination) -> timedelta:
    """How long a message is tried, from its first attempt, before it is undeliverable."""
    if sheet.max_age is None:
        return PATIENCE
    return max(timedelta(0), min(PATIENCE, sheet.max_age - _BEFORE_TOO_OLD))


def wait_seconds(result: Result, *, attempt: int, random: Callable[[], float]) -> float:
    """How long to wait before the next attempt: the vendor's own word, else full jitter.

    Full jitter spreads what failed together over the whole interval (AWS Architecture Blog,
    "Exponential Backoff And Jitter"); `random` returns a number from 0 up to 1.
    """
    if result.wait_seconds is not None:
        # A little later than asked, never earlier, and not all at the same instant.
        return result.wait_seconds * (1 + random() / 10)
    if result.verdict is Verdict.AUTH:
        return AUTH_SECONDS * (1 + random() / 10)
    return random() * min(CAP_SECONDS, BASE_SECONDS * 2.0 ** min(attempt, 20))


def counts(result: Result) -> bool:
    """Whether this try makes the next wait longer: not when the vendor named the time itself."""
    return not (result.verdict is Verdict.THROTTLE and result.wait_seconds is not None)
