"""A day of a flood against the guard, in made-up time: the bill is held, and nothing is dropped in silence.

The door is API Gateway's: so many requests a second, and 429 for the others. The alarm is CloudWatch's: the
sum of the last hour, looked at each minute, two minutes late. The rule that moves the throttle is the guard's.
"""

from collections import deque
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from headwater.guard import Ring, Throttle, floor_of, follow, guarded

BEGIN = datetime(2026, 3, 1, tzinfo=UTC)
LIMIT = 7_200  # events an hour: two a second
OWN = Throttle(20)
USUAL, FLOOD = 20, 1_200  # requests a minute, of one event each
FLOODED = range(60, 180)  # minutes of the day
LATE = 2  # minutes until CloudWatch knows


@dataclass
class Day:
    """What was sent in each minute, and where it is."""

    throttle: Throttle = OWN
    accepted: list[int] = field(default_factory=list)  # by the minute
    told: int = 0  # answers of 429
    kept: deque[int] = field(default_factory=deque)  # the numbers of events that their clients keep
    taken: set[int] = field(default_factory=set)
    beacons: set[int] = field(default_factory=set)  # refused, and nobody sends them again
    rings: list[Ring] = field(default_factory=list)
    sent: int = 0

    def minute(self, number: int) -> None:
        """Send what is kept and then what is new, as far as the door takes it."""
        new = range(self.sent, self.sent + (FLOOD if number in FLOODED else USUAL))
        self.sent = new.stop
        room = int(self.throttle.rate * 60)
        old = [self.kept.popleft() for _ in range(min(room, len(self.kept)))]
        refused = new[room - len(old) :]
        took = [*old, *new[: room - len(old)]]
        self.taken.update(took)
        self.accepted.append(len(took))
        self.told += len(self.kept) + len(refused)
        # One in ten is a beacon: its page has gone, and it is sent once.
        self.beacons.update(event for event in refused if event % 10 == 0)
        self.kept.extend(event for event in refused if event % 10)
        self._watch(number)

    def _watch(self, number: int) -> None:
        seen = self.accepted[: max(0, number + 1 - LATE)][-60:]
        over = sum(seen) > LIMIT
        if over != (self.rings[-1].over if self.rings else False):
            ring = Ring(over, BEGIN + timedelta(minutes=number))
            self.rings.append(ring)
            ordered = follow(ring, self.throttle, floor=floor_of(LIMIT))
            self.throttle = ordered.throttle or self.throttle


def test_a_flood_costs_the_limit_and_everything_is_taken_kept_or_told() -> None:
    day = Day()
    minutes = 24 * 60
    for number in range(minutes):
        day.minute(number)

    # Nothing is anywhere else, and nothing is in two places.
    assert len(day.taken) + len(day.kept) + len(day.beacons) == day.sent
    assert not day.taken & day.beacons
    # Who was not taken at once was answered 429.
    assert day.told >= len(day.kept) + len(day.beacons)
    assert day.beacons  # they are the price, and the page says so
    # An hour of the flood without a guard is 72,000. With it: the limit, the floor, and what the stage takes
    # until CloudWatch knows.
    worst = max(sum(day.accepted[at : at + 60]) for at in range(minutes - 60))
    assert worst <= 1.5 * LIMIT + (LATE + 1) * 60 * OWN.rate == 14_400


def test_a_person_is_told_once_an_hour_at_most_and_not_at_all_without_a_flood() -> None:
    day = Day()
    for number in range(FLOODED.start):
        day.minute(number)
    assert day.rings == []

    for number in range(FLOODED.start, FLOODED.stop):
        day.minute(number)

    assert day.rings[0].over
    assert guarded(day.throttle) or not day.rings[-1].over
    assert 1 <= sum(ring.over for ring in day.rings) <= 3


def test_after_the_flood_all_that_clients_kept_is_taken_and_the_throttle_is_its_own_again() -> None:
    day = Day()
    number = 0
    while number < FLOODED.stop or day.kept or guarded(day.throttle):
        day.minute(number)
        number += 1
        assert number < 4 * 24 * 60

    assert day.throttle.rate == OWN.rate
    assert len(day.taken) + len(day.beacons) == day.sent
