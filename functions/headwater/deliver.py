"""The story of a delivery: read → age → build → pack → send → settle → keep → note.

A queued message is events for one destination. Each try ends with every event in one of three
places: delivered, in `undeliverable/` with the vendor's reason, or in a message that waits, queued or
parked. What waits is written before the old message is acknowledged, so no event is ever nowhere;
after a crash between the two it is in both, which the vendor's dedup key (the messageId) absorbs. Last,
the lake is told how each event ended; whether it heard changes nothing.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace

import orjson

from headwater.delivery import lanes, outcome_rows, steps
from headwater.delivery.keep import BREAKER_OPEN, keep, keep_malformed
from headwater.delivery.outcome_rows import OutcomeRow
from headwater.delivery.outside import Outside, Received, Report
from headwater.delivery.pace import CONTAINERS
from headwater.delivery.settlement import Settlement, settle
from headwater.destination import Configured, Delivery, DestinationSettings, Result
from headwater.errors import DependencyError, HeadwaterError, WorkspaceError
from headwater.outcomes import Verdict
from headwater.ports import HttpRequest, HttpResponse
from headwater.privacy.suppressed import Suppressed

STEPS: tuple[Callable[[steps.Try], steps.Try], ...] = (
    steps.drop_too_old,  # first: one old event fails a whole batch at some vendors
    steps.build_requests,  # from whole events, so a mapping fix applies to what is queued
    steps.pack_parcels,  # after all are built: what shares an envelope shares a request
    steps.send_parcels,  # last, and the only step that changes the world
)

type _Ended = tuple[Report, tuple[OutcomeRow, ...]]

# A vendor that has not answered by then will not; Segment waits ten seconds, most answer in one.
REQUEST_SECONDS = 8.0
SLOW_DESTINATION = "slow_destination"
# Less than this is not worth a connection.
_LEAST_SECONDS = 0.5


def deliver(
    messages: Iterable[Received],
    configured: Mapping[str, Configured],
    outside: Outside,
    *,
    time_limit_seconds: float,
) -> Sequence[Report]:
    """Deliver a batch of the queue, each destination in its own lane; one report a message."""
    deadline = outside.seconds() + time_limit_seconds
    suppressed = outside.suppressed()
    read = [(message, _read(message, suppressed)) for message in messages]

    def work(pair: tuple[Received, Delivery | None]) -> _Ended:
        message, delivery = pair
        destination_id = delivery.destination_id if delivery else ""
        try:
            if delivery is None:
                return keep_malformed(message, outside), ()
            destination = configured.get(destination_id)
            settlement = _try(delivery, destination, outside, deadline=deadline)
            report = keep(message, delivery, settlement, destination, outside)
            return report, outcome_rows.rows(delivery, settlement, now=outside.now())
        except HeadwaterError as error:
            return Report(id=message.id, destination_id=destination_id, failed=str(error)), ()
        except Exception as error:  # noqa: BLE001  the top of the batch: it is this message's ending
            # Only our own errors are known to say nothing of the content.
            fault = type(error).__name__
            return Report(id=message.id, destination_id=destination_id, failed=fault), ()

    ended = lanes.run(
        lanes.by_lane(read, lambda pair: pair[1].destination_id if pair[1] else ""),
        work,
        pools=outside.pools,
    )
    return _noted(ended, outside)


def _noted(ended: Sequence[_Ended], outside: Outside) -> Sequence[Report]:
    """Tell the lake; what was delivered stays delivered when it cannot be told."""
    try:
        said = [row for _, of_message in ended for row in of_message]
        outcome_rows.write(said, outside.outcomes, now=outside.now())
    except Exception as error:  # noqa: BLE001  no fault of the record may repeat what is done
        fault = str(error) if isinstance(error, HeadwaterError) else type(error).__name__
        return [replace(report, unnoted=fault if rows else "") for report, rows in ended]
    return [report for report, _ in ended]


def _read(message: Received, suppressed: Suppressed) -> Delivery | None:
    """Read a message, without those who were suppressed since it was queued."""
    try:
        delivery = Delivery.from_json(orjson.loads(message.body))
    except (KeyError, TypeError, ValueError):
        return None
    if not suppressed:
        return delivery
    allowed = (event for event in delivery.events if not suppressed.concerns(event))
    return replace(delivery, events=tuple(allowed))


def _try(
    delivery: Delivery, destination: Configured | None, outside: Outside, *, deadline: float
) -> Settlement:
    if destination is None or not destination.enabled:
        reason = "destination_unknown" if destination is None else "destination_disabled"
        never = Result(Verdict.DROP, reason)
        return Settlement(
            destination_id=delivery.destination_id,
            undeliverable=tuple((event, never) for event in delivery.events),
        )
    settings = _settings(destination, outside)
    if isinstance(settings, Result):
        results = dict.fromkeys(range(len(delivery.events)), settings)
    else:
        results = _results(delivery, destination, settings, outside, deadline=deadline)
    return settle(delivery, results, destination.sheet, now=outside.now(), random=outside.random)


def _settings(destination: Configured, outside: Outside) -> DestinationSettings | Result:
    """Return the settings to ask the vendor with, or why it is not to be asked now."""
    if seconds := outside.breakers.rest_seconds(destination.id, now=outside.now()):
        return Result(Verdict.THROTTLE, BREAKER_OPEN, wait_seconds=seconds)
    if not outside.slowness.may_ask(destination.id, now=outside.now()):
        # Without a time of its own: the longer a slow vendor's queue, the longer the waits.
        return Result(Verdict.THROTTLE, SLOW_DESTINATION)
    try:
        settings = destination.resolve(outside.secrets)
    except DependencyError:
        return Result(Verdict.RETRY, "secret_unavailable")
    except WorkspaceError as error:
        return Result(Verdict.AUTH, "settings_invalid", str(error))
    # Last, for it hands out the one probe after a break: only who is sure to ask may have it.
    if seconds := outside.breakers.wait_seconds(destination.id, now=outside.now()):
        return Result(Verdict.THROTTLE, BREAKER_OPEN, wait_seconds=seconds)
    return settings


def _results(
    delivery: Delivery,
    destination: Configured,
    settings: DestinationSettings,
    outside: Outside,
    *,
    deadline: float,
) -> dict[int, Result]:
    rate = destination.sheet.rate and destination.sheet.rate / CONTAINERS

    def send(request: HttpRequest) -> HttpResponse:
        left = deadline - outside.seconds()
        if not outside.pace.take_turn(destination.id, rate, within=left - _LEAST_SECONDS):
            return HttpResponse(0, fault="out_of_time")
        left = deadline - outside.seconds()
        if left < _LEAST_SECONDS:
            return HttpResponse(0, fault="out_of_time")
        asked_at = outside.seconds()
        answer = outside.http.send(request, timeout_seconds=min(REQUEST_SECONDS, left))
        if not answer.fault:
            # What gives no answer is the breaker's business, and soon left alone altogether.
            outside.slowness.took(destination.id, outside.seconds() - asked_at)
        return answer

    attempt = steps.Try(
        delivery=delivery,
        destination=destination,
        settings=settings,
        send=send,
        now=outside.now(),
    )
    for step in STEPS:
        attempt = step(attempt)
    # Only what was asked says something of the vendor's health.
    asked = {owner for parcel in attempt.parcels for owner in parcel.owners}
    outside.breakers.note(
        destination.id, [attempt.results[owner] for owner in asked], now=outside.now()
    )
    return dict(attempt.results)
