"""What a vendor's answer means for the events that were sent."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any

from headwater.outcomes import Verdict
from headwater.ports import HttpResponse

MAX_DETAIL_CHARACTERS = 500

# Segment's own rule (action-destinations, core/src/errors.ts, read 2026-08-21), and 425 with it, and 460,
# by which AWS's load balancers say that a connection ended too early (Segment's SDK for Python 2.4.0):
# these 4xx pass by themselves; every 5xx does, except 501, which says "never".
_PASSING = frozenset({0, 408, 423, 425, 460})


@dataclass(frozen=True, slots=True)
class Result:
    """One verdict, with its reason.

    `reason` is a short code, safe in a log and in a metric; `detail` is what the vendor said, kept
    with the event only. `retry_at` or `wait_seconds`: when the vendor wants to be asked again.
    `items` are the exceptions of a batch: (list name, position in that list) → what it got instead;
    `alike` the same for vendors that name an item by what is in it: every item that holds all of these
    entries. When there is none, nobody can tell which was meant, and the batch is halved.
    """

    verdict: Verdict
    reason: str = ""
    detail: str = field(repr=False, default="")
    wait_seconds: float | None = None
    items: Mapping[tuple[str, int], "Result"] = field(default_factory=dict)
    alike: Sequence[tuple[Mapping[str, Any], "Result"]] = field(repr=False, default=())


def by_status(response: HttpResponse) -> Result:
    """Read an answer by its status alone: right for vendors that speak HTTP as it was meant."""
    status = response.status
    reason = response.fault or f"http_{status}"
    detail = excerpt(response)
    if 200 <= status < 300:
        return Result(Verdict.OK)
    if response.fault == "invalid_request":
        return Result(Verdict.DROP, reason)
    if response.fault == "address_refused" or status in (401, 403):
        return Result(Verdict.AUTH, reason, detail)
    if status == 429:
        return Result(Verdict.THROTTLE, reason, detail)
    if status in _PASSING or (status >= 500 and status != 501):
        return Result(Verdict.RETRY, reason, detail)
    # A batch may be refused for one bad event, or for its size: halves tell which.
    if status in (400, 413, 422):
        return Result(Verdict.SPLIT, reason, detail)
    return Result(Verdict.DROP, reason, detail)


def by_status_where_settings_lead(response: HttpResponse) -> Result:
    """Read an answer from an address that settings alone make: what is not there is their fault.

    So no event is given up for a webhook that was revoked or an account's id that is wrong: somebody is
    waited for, as with a wrong key.
    """
    if response.status in (404, 410) and not response.fault:
        return Result(Verdict.AUTH, f"http_{response.status}", excerpt(response))
    return by_status(response)


def excerpt(response: HttpResponse) -> str:
    """Keep the beginning of what the vendor said, as text."""
    return response.body[: 4 * MAX_DETAIL_CHARACTERS].decode("utf-8", "replace")[
        :MAX_DETAIL_CHARACTERS
    ]


# A number below this many is a count of seconds to wait; above, seconds since 1970.
_EPOCH_FLOOR = 1_000_000_000


def vendor_wait(response: HttpResponse, *, now: datetime) -> float | None:
    """Read when the vendor wants to be asked again, in seconds from now; None when it does not say.

    `Retry-After` in seconds or as a date (RFC 9110, 10.2.3); else `X-RateLimit-Reset` and
    `RateLimit-Reset`, which vendors send as seconds to wait, epoch seconds or epoch milliseconds.
    """
    for name in ("retry-after", "x-ratelimit-reset", "ratelimit-reset"):
        text = response.headers.get(name, "").strip()
        if not text:
            continue
        try:
            seconds = float(text)
        except ValueError:
            try:
                moment = parsedate_to_datetime(text)
            except ValueError:
                continue
            if moment.tzinfo is None:
                continue
            return max(0.0, (moment - now).total_seconds())
        if seconds >= _EPOCH_FLOOR * 1000:
            seconds /= 1000
        if seconds >= _EPOCH_FLOOR:
            seconds -= now.timestamp()
        # NaN and the infinities are numbers to float(), and no wait to anybody.
        if seconds == seconds and abs(seconds) != float("inf"):
            return max(0.0, seconds)
    return None
