"""The guard of the bill: how many requests a second the API takes while events cost more than they may.

An alarm counts the events of the last hour. When they are more than the operator set, the API's throttle
goes down to half that pace; when they are not any more, it goes back to where it was. What is over gets 429
meanwhile and stays with its client; what was accepted is delivered, late or not at all slower.

The stage's description is the guard's memory, so that throttle and memory are changed in one call, and
whoever opens the console reads why. Alarms are delivered at least once, in no order: what is older than the
last word is not heard, and a throttle that somebody else has moved meanwhile is left to them.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from headwater.record import from_iso, to_iso

_SECONDS_AN_HOUR = 3600

type Outcome = Literal[
    "guarded",  # the throttle went down
    "released",  # and up again
    "kept",  # it is as the alarm wants it
    "moved",  # somebody set it since, and it is theirs
    "late",  # a newer word has been followed
]


@dataclass(frozen=True, slots=True)
class Throttle:
    """What a stage takes, in requests a second, and what was last said of it."""

    rate: float
    word: str = ""


@dataclass(frozen=True, slots=True)
class Ring:
    """An alarm's new state, and since when."""

    over: bool
    at: datetime


@dataclass(frozen=True, slots=True)
class Ordered:
    """What became of a ring: the ending, and the throttle to set, if any."""

    outcome: Outcome
    throttle: Throttle | None = None


@dataclass(frozen=True, slots=True)
class Guarded:
    """The guard is on: since when, what it set, and what it goes back to."""

    since: datetime
    floor: float
    before: float


_ON = re.compile(r"Guarded since (\S+): (\S+) requests a second instead of (\S+)")
_LAST = re.compile(r"(?:Released|Set by hand) at (\S+)")


def floor_of(events_per_hour: int) -> float:
    """Return half the pace that makes so many events an hour, so that the hour's sum comes down again."""
    return max(1.0, events_per_hour / _SECONDS_AN_HOUR / 2)


def heard(event: Mapping[str, Any]) -> Ring:
    """Read what CloudWatch calls a function with; raises `KeyError` or `ValueError` for anything else.

    https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-actions-Lambda.html, read 2026-11-27.
    """
    state = event["alarmData"]["state"]
    if state["value"] not in {"ALARM", "OK"}:
        raise ValueError(f"no state that the guard follows: {state['value']}")
    return Ring(state["value"] == "ALARM", datetime.fromisoformat(state["timestamp"]))


def guarded(throttle: Throttle) -> Guarded | None:
    """Say whether the guard holds the throttle down, by its own word."""
    if not (found := _ON.match(throttle.word)):
        return None
    return Guarded(from_iso(found[1]), float(found[2]), float(found[3]))


def by_hand(rate: float, *, at: datetime) -> Throttle:
    """Return a throttle that an operator sets; the guard does not lift it."""
    return Throttle(rate, f"Set by hand at {to_iso(at)}")


def follow(ring: Ring, throttle: Throttle, *, floor: float) -> Ordered:
    """Return what a ring makes of the throttle that there is."""
    on = guarded(throttle)
    last = _LAST.match(throttle.word)
    said = on.since if on else from_iso(last[1]) if last else None
    if said is not None and ring.at < said:
        return Ordered("late")
    if ring.over:
        if on and throttle.rate == on.floor:
            return Ordered("kept")
        down = min(floor, throttle.rate)
        word = f"Guarded since {to_iso(ring.at)}: {down:g} requests a second instead of {throttle.rate:g}"
        return Ordered("guarded", Throttle(down, word))
    if on is None:
        return Ordered("kept")
    released = f"Released at {to_iso(ring.at)}"
    if throttle.rate != on.floor:
        return Ordered("moved", Throttle(throttle.rate, released))
    return Ordered("released", Throttle(on.before, released))
