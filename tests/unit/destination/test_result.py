"""What an answer means, and when the vendor wants to be asked again."""

from datetime import UTC, datetime

import pytest
from headwater.destination.result import Result, by_status, vendor_wait
from headwater.outcomes import Verdict
from headwater.ports import HttpFault, HttpResponse

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)

MEANING = {
    200: Verdict.OK,
    201: Verdict.OK,
    204: Verdict.OK,
    301: Verdict.DROP,
    302: Verdict.DROP,
    400: Verdict.SPLIT,
    401: Verdict.AUTH,
    403: Verdict.AUTH,
    404: Verdict.DROP,
    408: Verdict.RETRY,
    409: Verdict.DROP,
    410: Verdict.DROP,
    413: Verdict.SPLIT,
    422: Verdict.SPLIT,
    423: Verdict.RETRY,
    425: Verdict.RETRY,
    460: Verdict.RETRY,
    429: Verdict.THROTTLE,
    500: Verdict.RETRY,
    501: Verdict.DROP,
    502: Verdict.RETRY,
    503: Verdict.RETRY,
    504: Verdict.RETRY,
    529: Verdict.RETRY,
}


@pytest.mark.parametrize("status", MEANING)
def test_a_status_means(status: int) -> None:
    assert by_status(HttpResponse(status)).verdict is MEANING[status]


@pytest.mark.parametrize(
    ("fault", "verdict"),
    [
        ("timeout", Verdict.RETRY),
        ("connection", Verdict.RETRY),
        ("tls", Verdict.RETRY),
        ("address_refused", Verdict.AUTH),
        ("invalid_request", Verdict.DROP),
    ],
)
def test_no_answer_means(fault: HttpFault, verdict: Verdict) -> None:
    assert by_status(HttpResponse(0, fault=fault)) == Result(verdict, fault)


def test_a_refusal_keeps_the_beginning_of_what_the_vendor_said() -> None:
    result = by_status(HttpResponse(404, body=b"no such list \xff" + b"x" * 10_000))

    assert (result.reason, len(result.detail)) == ("http_404", 500)
    assert result.detail.startswith("no such list \ufffdx")
    assert "no such list" not in repr(result)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"retry-after": "120"}, 120.0),
        ({"retry-after": " 1.5 "}, 1.5),
        ({"retry-after": "Sun, 01 Mar 2026 12:02:00 GMT"}, 120.0),
        ({"retry-after": "Sun, 01 Mar 2026 11:00:00 GMT"}, 0.0),
        ({"retry-after": "-5"}, 0.0),
        ({"retry-after": "soon"}, None),
        ({"retry-after": "nan"}, None),
        ({"retry-after": "1e999"}, None),
        ({"x-ratelimit-reset": "30"}, 30.0),
        ({"x-ratelimit-reset": str(int(NOW.timestamp()) + 45)}, 45.0),
        ({"x-ratelimit-reset": str((int(NOW.timestamp()) + 45) * 1000)}, 45.0),
        ({"ratelimit-reset": "9"}, 9.0),
        ({"retry-after": "soon", "x-ratelimit-reset": "3"}, 3.0),
        ({"retry-after": "2", "x-ratelimit-reset": "3"}, 2.0),
    ],
)
def test_the_vendor_names_a_wait(headers: dict[str, str], seconds: float | None) -> None:
    assert vendor_wait(HttpResponse(429, headers), now=NOW) == seconds
