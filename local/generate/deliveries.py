"""What a shop's destinations would have answered: most take an event, some later, some never."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from random import Random

from headwater.delivery.outcome_rows import Outcome, OutcomeRow
from headwater.record import StoredEvent, to_iso

_TAKES = {"analytics": frozenset({"page", "track", "identify"}), "crm": frozenset({"identify"})}
_NEVER = ("http_400", "too_old")
_PATIENCE = timedelta(hours=4)


def tries(
    events: Iterable[StoredEvent], *, seed: int, until: datetime
) -> Iterator[tuple[datetime, OutcomeRow]]:
    """Yield every try of every event at every destination that takes it, with when it was."""
    random = Random(seed)  # noqa: S311  # made-up answers need no secrets
    for event in events:
        for destination_id, types in _TAKES.items():
            if event.type in types:
                yield from _of_one(random, event, destination_id, until)


def _of_one(
    random: Random, event: StoredEvent, destination_id: str, until: datetime
) -> Iterator[tuple[datetime, OutcomeRow]]:
    moment = event.received_at + timedelta(seconds=random.uniform(1, 5))
    gives_up = moment + _PATIENCE

    def row(outcome: Outcome, reason: str = "") -> tuple[datetime, OutcomeRow]:
        return moment, OutcomeRow(
            destination_id=destination_id,
            source_id=event.source.id,
            message_id=event.message_id,
            outcome=outcome,
            reason=reason,
            attempt=attempt,
            tried_at=to_iso(moment),
        )

    attempt = 0
    while moment < until:
        fate = random.random()
        if fate < 0.02:
            yield row("undeliverable", random.choice(_NEVER))
            return
        if fate > 0.08:
            yield row("delivered")
            if random.random() < 0.005:  # the queue delivered twice
                yield row("delivered")
            return
        if moment >= gives_up:
            yield row("undeliverable", "expired_http_503")
            return
        yield row("waiting", "http_503" if destination_id == "crm" else "http_429")
        attempt += 1
        moment += timedelta(seconds=random.uniform(5, 10 * 2**attempt))
