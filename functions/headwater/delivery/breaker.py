"""Whether a destination may be asked at all: after five failures in a row it is left alone for a while.

The state is one small item a destination, shared by all forwarders and remembered for five seconds,
so that one of them finding a vendor dead spares the others the waiting. A healthy destination costs a
read each five seconds, and no write.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from headwater.delivery.backoff import AUTH_SECONDS
from headwater.destination.result import Result
from headwater.errors import DependencyError
from headwater.outcomes import Verdict
from headwater.ports import Table

CACHE_SECONDS = 5.0
FAILURES_TO_OPEN = 5
_FIRST_BREAK_SECONDS = 30.0
_LONGEST_BREAK_SECONDS = 300.0
# One forwarder asks whether the vendor is back; the others give it this long to find out. Less than
# any break, so that a break can be told from it.
_PROBE_SECONDS = 20

_SK = "B"
_RESET = "SET failures=:zero, trips=:zero, open_until=:zero"
_COUNT = "ADD failures :one"
_OPEN = "SET open_until=:until ADD trips :one"
_CLAIM = "SET open_until=:until"


@dataclass(frozen=True, slots=True)
class State:
    """`failures` in a row, `trips` since it last was well, and until when nobody asks (epoch)."""

    failures: int = 0
    trips: int = 0
    open_until: int = 0


class Breakers:
    """The breakers of all destinations. When their table does not answer, every one is closed."""

    def __init__(self, table: Table, *, seconds: Callable[[], float]) -> None:
        self._table = table
        self._seconds = seconds
        self._known: dict[str, tuple[float, State]] = {}

    def rest_seconds(self, destination_id: str, *, now: datetime) -> float:
        """How long the destination's break lasts still: 0 when it is over, or there is none."""
        state = self.state(destination_id)
        return float(max(0, state.open_until - int(now.timestamp()))) if state.trips else 0.0

    def wait_seconds(self, destination_id: str, *, now: datetime) -> float:
        """How long to leave the destination alone: 0 to go ahead, for one as its probe."""
        if rest := self.rest_seconds(destination_id, now=now):
            return rest
        state, epoch = self.state(destination_id), int(now.timestamp())
        if not state.trips:
            return 0.0
        claimed = self._update(
            destination_id,
            _CLAIM,
            {":until": epoch + _PROBE_SECONDS, ":seen": state.open_until},
            condition="open_until=:seen",
        )
        return 0.0 if claimed else float(_PROBE_SECONDS)

    def note(self, destination_id: str, results: Iterable[Result], *, now: datetime) -> None:
        """Learn from one message's results: any answer that is not "later" is a sign of life."""
        verdicts = {result.verdict for result in results}
        if verdicts & {Verdict.OK, Verdict.DROP}:
            known = self._known.get(destination_id)
            # Unknown is what a probe has just changed: then its finding is for everybody.
            if known is None or known[1] != State():
                self._update(destination_id, _RESET, {":zero": 0})
        elif verdicts and verdicts <= {Verdict.RETRY, Verdict.AUTH}:
            self._failed(destination_id, auth=Verdict.AUTH in verdicts, now=now)

    def state(self, destination_id: str) -> State:
        """Read the state, at most five seconds old."""
        known, moment = self._known.get(destination_id), self._seconds()
        if known and moment < known[0]:
            return known[1]
        try:
            item = self._table.get(_pk(destination_id), _SK)
        except DependencyError:
            # Never stop a delivery because we do not know; and do not ask again at once.
            item = None
        state = State(**{name: int((item or {}).get(name, 0)) for name in State.__slots__})
        self._known[destination_id] = (moment + CACHE_SECONDS, state)
        return state

    def _failed(self, destination_id: str, *, auth: bool, now: datetime) -> None:
        counted = self._update(destination_id, _COUNT, {":one": 1})
        if counted is None or not (auth or counted.trips or counted.failures >= FAILURES_TO_OPEN):
            return
        # Several were asking when it failed: one of them has opened it, and that is one trip.
        if counted.open_until - now.timestamp() > _PROBE_SECONDS:
            return
        seconds = min(_LONGEST_BREAK_SECONDS, _FIRST_BREAK_SECONDS * 2.0 ** min(counted.trips, 10))
        until = int(now.timestamp() + (AUTH_SECONDS if auth else seconds))
        self._update(destination_id, _OPEN, {":until": until, ":one": 1})

    def _update(
        self, destination_id: str, update: str, values: dict[str, int], condition: str | None = None
    ) -> State | None:
        """Return the new state, or None: another was quicker, or the table did not answer."""
        self._known.pop(destination_id, None)
        try:
            result = self._table.update(
                _pk(destination_id),
                _SK,
                update=update,
                condition=condition,
                names={},
                values=values,
            )
        except DependencyError:
            return None
        if not result.applied or result.item is None:
            return None
        return State(**{name: int(result.item.get(name, 0)) for name in State.__slots__})


def _pk(destination_id: str) -> str:
    return f"B#{destination_id}"
