"""How one try of a message ends: who was delivered, who waits, who never will be."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from headwater.delivery import backoff
from headwater.destination import Delivery, Result
from headwater.destination.sheet import AnyDestination
from headwater.outcomes import Verdict
from headwater.record import StoredEvent

WAITING = frozenset({Verdict.RETRY, Verdict.THROTTLE, Verdict.AUTH})


@dataclass(frozen=True, slots=True, kw_only=True)
class Settlement:
    """The message, taken apart: every event of it is in exactly one of the three."""

    destination_id: str
    delivered: tuple[StoredEvent, ...] = field(repr=False, default=())
    undeliverable: tuple[tuple[StoredEvent, Result], ...] = field(repr=False, default=())
    waiting: tuple[tuple[StoredEvent, Result], ...] = field(repr=False, default=())
    remainder: Delivery | None = None  # the message of those that wait
    wait_seconds: float = 0.0
    wait_reason: str = ""


def settle(
    delivery: Delivery,
    results: Mapping[int, Result],
    sheet: AnyDestination,
    *,
    now: datetime,
    random: Callable[[], float],
) -> Settlement:
    """Sort the events by their results; `results` has one for every place in the message."""
    patience_ends = delivery.first_at + backoff.patience(sheet)
    patient = now < patience_ends
    delivered, undeliverable, waiting = [], [], []
    for place, event in enumerate(delivery.events):
        result = results[place]
        if result.verdict is Verdict.OK:
            delivered.append(event)
        elif result.verdict in WAITING and patient:
            waiting.append((event, result))
        elif result.verdict in WAITING:
            undeliverable.append((event, replace(result, reason=f"expired_{result.reason}")))
        else:
            undeliverable.append((event, result))
    settlement = Settlement(
        destination_id=delivery.destination_id,
        delivered=tuple(delivered),
        undeliverable=tuple(undeliverable),
    )
    if not waiting:
        return settlement
    # One message waits as one, for the longest wait any of its events was given.
    waits = [
        backoff.wait_seconds(result, attempt=delivery.attempt, random=random)
        for _, result in waiting
    ]
    counted = any(backoff.counts(result) for _, result in waiting)
    return replace(
        settlement,
        waiting=tuple(waiting),
        remainder=replace(
            delivery,
            events=tuple(event for event, _ in waiting),
            attempt=delivery.attempt + counted,
        ),
        # However late the vendor wants to be asked again, the message comes round once before we
        # give up: the vendor is asked a last time, unless its breaker is open.
        wait_seconds=min(max(waits), (patience_ends - now).total_seconds()),
        wait_reason=waiting[0][1].reason,
    )
