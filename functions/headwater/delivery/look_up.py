"""A destination that must ask the vendor before it can tell: its `build` is a generator."""

from collections.abc import Callable, Generator
from datetime import datetime

from headwater.delivery.parcels import Parcel
from headwater.destination import Request
from headwater.destination.result import Result, by_status
from headwater.destination.sheet import AnyDestination, Built
from headwater.outcomes import Verdict
from headwater.ports import HttpRequest, HttpResponse

# What cannot be decided by the destination's own code: whether to ask it at all.
_STOPS = frozenset({Verdict.RETRY, Verdict.THROTTLE, Verdict.AUTH})


def run(
    asking: Generator[Request, HttpResponse, Built],
    sheet: AnyDestination,
    *,
    send: Callable[[HttpRequest], HttpResponse],
    now: datetime,
    surely: bool = False,
) -> Built | Result:
    """Send what the generator yields, give it each answer, and return what it built.

    A 404 is an answer as good as any ("no such contact"); an answer that means "later" ends the
    conversation, and is returned as the event's result. `surely`: so does any other refusal, which
    must not be taken for "no such contact".
    """
    try:
        request = next(asking)
        while True:
            response = send(Parcel(request, frozenset()).to_http(sheet, now=now))
            result = by_status(response) if response.fault else sheet.classify(response)
            refused = result.verdict is not Verdict.OK and response.status != 404
            if result.verdict in _STOPS or (surely and refused):
                asking.close()
                return result
            request = asking.send(response)
    except StopIteration as finished:
        built: Built = finished.value
        return built
