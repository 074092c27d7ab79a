"""CPU time of small cases, by turns."""

import gc
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median

_WARM_UP_SECONDS = 0.25
_TURN_SECONDS = 0.04


@dataclass(frozen=True)
class Case:
    """Something to call again and again; `events` is how many events one call takes care of."""

    name: str
    run: Callable[[], object]
    events: int = 1


@dataclass(frozen=True)
class Figure:
    """CPU milliseconds an event, one a round."""

    rounds: tuple[float, ...]

    @property
    def milliseconds(self) -> float:
        """The median round."""
        return median(self.rounds)

    def over(self, floor: "Figure") -> float:
        """How many times the floor: the median of the rounds' own ratios."""
        return median(mine / its for mine, its in zip(self.rounds, floor.rounds, strict=True))


def measure(cases: Sequence[Case], *, rounds: int) -> dict[str, Figure]:
    """Let every case take its turn in every round; a turn is some 40 ms of calls."""
    calls = {case.name: _warmed_up(case) for case in cases}
    found: dict[str, list[float]] = {case.name: [] for case in cases}
    # What all the cases keep together is no case's garbage: going through it took longer than the turns.
    gc.collect()
    gc.freeze()
    try:
        for _ in range(rounds):
            for case in cases:
                gc.collect()
                seconds = _cpu_seconds(case.run, calls[case.name])
                found[case.name].append(seconds * 1000 / calls[case.name] / case.events)
    finally:
        gc.unfreeze()
    return {name: Figure(tuple(rounds_of)) for name, rounds_of in found.items()}


def _warmed_up(case: Case) -> int:
    """Call the case until it is warm; return how many calls make a turn."""
    case.run()
    started, calls = time.process_time(), 0
    while (spent := time.process_time() - started) < _WARM_UP_SECONDS:
        case.run()
        calls += 1
    return max(1, round(calls * _TURN_SECONDS / spent))


def _cpu_seconds(run: Callable[[], object], calls: int) -> float:
    started = time.process_time()
    for _ in range(calls):
        run()
    return time.process_time() - started
