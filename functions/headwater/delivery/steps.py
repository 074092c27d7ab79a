"""One try of one message, step by step; each step returns the try with more known."""

from collections import deque
from collections.abc import Callable, Generator, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from headwater.delivery import look_up
from headwater.delivery.parcels import Parcel, pack
from headwater.delivery.settlement import WAITING
from headwater.destination import Configured, Delivery, DestinationSettings, Request, Unsendable
from headwater.destination.result import Result, by_status, vendor_wait
from headwater.destination.sheet import Built
from headwater.outcomes import Verdict
from headwater.ports import HttpRequest, HttpResponse
from headwater.record import StoredEvent

# How soon a message comes back that was not tried for want of time.
_OUT_OF_TIME = Result(Verdict.THROTTLE, "out_of_time", wait_seconds=1.0)

# Of two results for one event (it made two requests) the later in this row stands: what waits is
# tried again as a whole, and only then is what was refused told.
_PRESSING = (Verdict.OK, Verdict.DROP, Verdict.RETRY, Verdict.THROTTLE, Verdict.AUTH)


@dataclass(frozen=True, slots=True, kw_only=True)
class Try:
    """One try of one message; each step returns it with more known."""

    delivery: Delivery
    destination: Configured
    settings: DestinationSettings
    send: Callable[[HttpRequest], HttpResponse]
    now: datetime
    requests: tuple[tuple[int, Request], ...] = field(repr=False, default=())
    parcels: tuple[Parcel, ...] = ()
    results: Mapping[int, Result] = field(default_factory=dict)

    def ended(self, results: Iterable[tuple[int, Result]]) -> "Try":
        """Note results by place in the message; of two for one event the more pressing stands."""
        merged = dict(self.results)
        for place, result in results:
            merged[place] = max(
                merged.get(place, result), result, key=lambda one: _PRESSING.index(one.verdict)
            )
        return replace(self, results=merged)


def drop_too_old(attempt: Try) -> Try:
    """End the events that the vendor would refuse for their age."""
    max_age = attempt.destination.sheet.max_age
    if max_age is None:
        return attempt
    return attempt.ended(
        (place, Result(Verdict.DROP, "too_old"))
        for place, event in enumerate(attempt.delivery.events)
        if attempt.now - event.timestamp > max_age
    )


def build_requests(attempt: Try) -> Try:
    """Ask the destination what to send; an event it has no word for is done."""
    requests: list[tuple[int, Request]] = []
    results: list[tuple[int, Result]] = []
    for place, event in enumerate(attempt.delivery.events):
        if place in attempt.results:
            continue
        built = _build(event, attempt)
        match built:
            case Unsendable(reason):
                results.append((place, Result(Verdict.DROP, reason)))
            case Result():
                results.append((place, built))
            case _:
                results.append((place, Result(Verdict.OK)))
                requests += [(place, request) for request in built]
    return replace(attempt.ended(results), requests=tuple(requests))


def _build(event: StoredEvent, attempt: Try) -> Built | Result:
    sheet, shape = attempt.destination.sheet, attempt.destination.shape
    try:
        built = sheet.build(shape(event) if shape else event, attempt.settings)
        if isinstance(built, Generator):
            return look_up.run(built, sheet, send=attempt.send, now=attempt.now)
    except Exception as error:  # noqa: BLE001  a mapping's defect is that one event's ending
        return Unsendable(f"build_failed_{type(error).__name__}")
    return built


def pack_parcels(attempt: Try) -> Try:
    """Put what may travel together into one body; end the events too large for any."""
    parcels, too_large = pack(attempt.requests, attempt.destination.sheet, now=attempt.now)
    return replace(attempt, parcels=parcels).ended(
        (place, Result(Verdict.DROP, "too_large")) for place in too_large
    )


def send_parcels(attempt: Try) -> Try:
    """Send each parcel; halve what is refused as a whole; ask no more of a vendor that says "later"."""
    waiting, later = deque(attempt.parcels), None
    while waiting:
        parcel = waiting.popleft()
        result = later or _placed(parcel, _ask(parcel, attempt))
        if result.verdict is Verdict.SPLIT:
            if halves := parcel.halves():
                waiting.extendleft(reversed(halves))
                continue
            result = replace(result, verdict=Verdict.DROP)
        if result.verdict in WAITING:
            later = later or replace(result, items={})
        attempt = attempt.ended(_shares(parcel, result))
    return attempt


def _ask(parcel: Parcel, attempt: Try) -> Result:
    sheet = attempt.destination.sheet
    response = attempt.send(parcel.to_http(sheet, now=attempt.now))
    if response.fault == "out_of_time":
        return _OUT_OF_TIME
    result = by_status(response) if response.fault else sheet.classify(response)
    if result.wait_seconds is None and result.verdict in WAITING:
        return replace(result, wait_seconds=vendor_wait(response, now=attempt.now))
    return result


def _placed(parcel: Parcel, result: Result) -> Result:
    """Find the items that the vendor named by what is in them; one that is none of ours asks for halves."""
    items = dict(result.items)
    for entries, instead in result.alike:
        places = parcel.alike(entries)
        if not places:
            return replace(result, verdict=Verdict.SPLIT, reason=instead.reason, items={}, alike=())
        items.update(dict.fromkeys(places, instead))
    return replace(result, items=items, alike=())


def _shares(parcel: Parcel, result: Result) -> Iterable[tuple[int, Result]]:
    """Give every event of the parcel its part of the answer: an item's own, else the whole's."""
    whole = replace(result, items={})
    if not parcel.items:
        return [(owner, whole) for owner in parcel.owners]
    return [(owner, result.items.get(place, whole)) for place, owner in parcel.owner_of().items()]
