"""The story of a delivery: age → build → pack → send → settle → keep.

A queued message is events for one destination. Each try ends with every event in one of three
places: delivered, in `undeliverable/` with the vendor's reason, or in a new message that waits.
The new message is on the queue before the old one is acknowledged, so no event is ever in none;
after a crash between the two it is in both, which the vendor's dedup key (the messageId) absorbs.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from math import ceil

import orjson

from headwater.delivery import lanes, steps, undeliverable
from headwater.delivery.settlement import Settlement, settle
from headwater.destination import Configured, Delivery, Result
from headwater.errors import DependencyError, HeadwaterError, WorkspaceError
from headwater.outcomes import Verdict
from headwater.ports import Http, HttpRequest, HttpResponse, ObjectStore, Queue, Secrets

STEPS: tuple[Callable[[steps.Try], steps.Try], ...] = (
    steps.drop_too_old,  # first: one old event fails a whole batch at some vendors
    steps.build_requests,  # needs the settings only, so a mapping fix applies to what is queued
    steps.pack_parcels,  # after all are built: what shares an envelope shares a request
    steps.send_parcels,  # last, and the only step that changes the world
)

# A vendor that has not answered by then will not; Segment waits ten seconds, most answer in one.
REQUEST_SECONDS = 8.0
# Less than this is not worth a connection.
_LEAST_SECONDS = 0.5
MAX_DELAY_SECONDS = 900  # SQS's own limit


@dataclass(frozen=True, slots=True, kw_only=True)
class Outside:
    """What a delivery needs from outside; `seconds` is a monotonic clock."""

    http: Http
    queue: Queue
    store: ObjectStore
    secrets: Secrets
    now: Callable[[], datetime]
    seconds: Callable[[], float]
    random: Callable[[], float]


@dataclass(frozen=True, slots=True)
class Received:
    """A message of the queue; `id` is what acknowledges it."""

    id: str
    body: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """How a message ended, without anything of its content; `failed`: it must be received again."""

    id: str
    destination_id: str = ""
    delivered: int = 0
    undeliverable: Mapping[str, int] = field(default_factory=dict)
    waiting: int = 0
    wait_reason: str = ""
    failed: str = ""


def deliver(
    messages: Iterable[Received],
    configured: Mapping[str, Configured],
    outside: Outside,
    *,
    time_limit_seconds: float,
) -> Sequence[Report]:
    """Deliver a batch of the queue, each destination in its own lane; one report a message."""
    deadline = outside.seconds() + time_limit_seconds
    read = [(message, _read(message)) for message in messages]
    by_destination = lanes.by_lane(read, lambda pair: pair[1].destination_id if pair[1] else "")

    def work(pair: tuple[Received, Delivery | None]) -> Report:
        message, delivery = pair
        try:
            if delivery is None:
                return _keep_malformed(message, outside)
            settlement = _try(delivery, configured.get(delivery.destination_id), outside, deadline)
            _keep(delivery, settlement, outside)
        except Exception as error:  # noqa: BLE001  the top of the batch: it is this message's ending
            destination_id = delivery.destination_id if delivery else ""
            # Only our own errors are known to say nothing of the content.
            fault = str(error) if isinstance(error, HeadwaterError) else type(error).__name__
            return Report(id=message.id, destination_id=destination_id, failed=fault)
        return _report(message, settlement)

    return lanes.run(by_destination, work)


def _read(message: Received) -> Delivery | None:
    try:
        return Delivery.from_json(orjson.loads(message.body))
    except (KeyError, TypeError, ValueError):
        return None


def _try(
    delivery: Delivery, destination: Configured | None, outside: Outside, deadline: float
) -> Settlement:
    now = outside.now()
    if destination is None or not destination.enabled:
        reason = "destination_unknown" if destination is None else "destination_disabled"
        never = Result(Verdict.DROP, reason)
        return Settlement(
            destination_id=delivery.destination_id,
            undeliverable=tuple((event, never) for event in delivery.events),
        )

    def send(request: HttpRequest) -> HttpResponse:
        left = deadline - outside.seconds()
        if left < _LEAST_SECONDS:
            return HttpResponse(0, fault="out_of_time")
        return outside.http.send(request, timeout_seconds=min(REQUEST_SECONDS, left))

    try:
        settings = destination.resolve(outside.secrets)
    except DependencyError:
        results = _all(delivery, Result(Verdict.RETRY, "secret_unavailable"))
    except WorkspaceError as error:
        results = _all(delivery, Result(Verdict.AUTH, "settings_invalid", str(error)))
    else:
        attempt = steps.Try(
            delivery=delivery, destination=destination, settings=settings, send=send, now=now
        )
        for step in STEPS:
            attempt = step(attempt)
        results = attempt.results
    return settle(delivery, results, destination.sheet, now=outside.now(), random=outside.random)


def _keep(delivery: Delivery, settlement: Settlement, outside: Outside) -> None:
    """Write down what was settled: first what ends here, then what goes on, then the queue may forget."""
    if settlement.undeliverable:
        kept = undeliverable.kept(delivery, settlement.undeliverable, now=outside.now())
        outside.store.put(kept.key, kept.body, if_absent=True)
    if settlement.remainder is not None:
        delay = min(ceil(settlement.wait_seconds), MAX_DELAY_SECONDS)
        outside.queue.send([settlement.remainder.to_message(delay_seconds=delay)])


def _keep_malformed(message: Received, outside: Outside) -> Report:
    kept = undeliverable.kept_malformed(message.body, now=outside.now())
    outside.store.put(kept.key, kept.body, if_absent=True)
    return Report(id=message.id, undeliverable={"malformed": 1})


def _all(delivery: Delivery, result: Result) -> Mapping[int, Result]:
    return dict.fromkeys(range(len(delivery.events)), result)


def _report(message: Received, settlement: Settlement) -> Report:
    return Report(
        id=message.id,
        destination_id=settlement.destination_id,
        delivered=len(settlement.delivered),
        undeliverable=dict(Counter(result.reason for _, result in settlement.undeliverable)),
        waiting=len(settlement.remainder.events) if settlement.remainder else 0,
        wait_reason=settlement.wait_reason,
    )
