"""A vendor that answers, but slowly, holds two of the five forwarders at most; the others stay for the rest.

A forwarder cannot take more of the queue before its slowest answer has come. What fails is left alone by
its breaker; what answers well after seconds is not, and would come to hold all five. So whoever finds a
destination slow asks it only while it has one of two places, which all forwarders and all slow
destinations share. A healthy destination costs nothing here.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from threading import Lock

from headwater.errors import DependencyError
from headwater.ports import Table

SLOW_SECONDS = 1.5
PLACES = 2
# Longer than a request, so that a place is not given to another while its holder still waits.
_LEAST_SECONDS = 10
HOLD_SECONDS = 30
# How long a forwarder that found no place looks for none.
_REFUSED_SECONDS = 2.0

_PK = "B#"  # no destination's: their ids are not empty
_HOLD = "SET holder=:me, held_until=:until"
_NOBODYS = "attribute_not_exists(held_until)"
_AS_SEEN = "held_until=:seen"


class Slowness:
    """What one forwarder knows of its destinations' slowness, and its place among those who ask slow ones.

    `me`: a number that no other forwarder has. When the table does not answer, everybody has a place.
    """

    def __init__(self, table: Table, *, seconds: Callable[[], float], me: int) -> None:
        self._table = table
        self._seconds = seconds
        self._me = me
        self._usual: dict[str, float] = {}
        self._held_until = 0
        self._refused_until = 0.0
        self._lock = Lock()

    def took(self, destination_id: str, seconds: float) -> None:
        """Learn how long one answer took."""
        before = self._usual.get(destination_id, seconds)
        self._usual[destination_id] = (before + seconds) / 2

    def may_ask(self, destination_id: str, *, now: datetime) -> bool:
        """Tell whether to go ahead: always for a quick destination, with a place for a slow one."""
        if self._usual.get(destination_id, 0.0) < SLOW_SECONDS:
            return True
        with self._lock:
            return self._has_place(int(now.timestamp()))

    def _has_place(self, epoch: int) -> bool:
        if self._held_until - epoch >= _LEAST_SECONDS:
            return True
        if self._seconds() < self._refused_until:
            return False
        try:
            if any(self._takes(str(place), epoch) for place in range(PLACES)):
                self._held_until = epoch + HOLD_SECONDS
                return True
        except DependencyError:
            return True
        self._refused_until = self._seconds() + _REFUSED_SECONDS
        return False

    def _takes(self, place: str, epoch: int) -> bool:
        found: Mapping[str, object] = self._table.get(_PK, place, consistent=True) or {}
        seen = found.get("held_until")
        if seen is not None and found.get("holder") != self._me and int(str(seen)) > epoch:
            return False
        values = {":me": self._me, ":until": epoch + HOLD_SECONDS}
        return self._table.update(
            _PK,
            place,
            update=_HOLD,
            condition=_NOBODYS if seen is None else _AS_SEEN,
            names={},
            values=values if seen is None else {**values, ":seen": int(str(seen))},
        ).applied
