"""The distribution of first-party.yaml, played on a laptop: what goes through, and what does not."""

from pathlib import Path

import pytest
from headwater.wire import cookies

from local.cloudfront import TEMPLATE, distribution, fronted
from local.serving import Reply, Request

DISTRIBUTION = distribution("/ev")


def passed(request: Request) -> Request:
    seen: list[Request] = []

    def collector(one: Request) -> Reply:
        seen.append(one)
        return Reply(200)

    assert fronted(collector, DISTRIBUTION, secret="kept")(request).status == 200
    return seen[0]


def test_the_secret_is_added_and_a_viewers_own_is_overwritten() -> None:
    request = passed(Request("POST", "/ev/v1/t", (("X-Origin-Secret", "forged"),)))

    assert [value for name, value in request.headers if name.lower() == "x-origin-secret"] == [
        "kept"
    ]


def test_our_cookies_go_through_and_the_sites_session_does_not() -> None:
    header = "session=secret; ajs_anonymous_id=visitor; other=1"

    assert passed(Request("POST", "/ev/v1/t", (("Cookie", header),))).header("cookie") == (
        "ajs_anonymous_id=visitor"
    )


def test_a_script_is_asked_without_cookies_and_without_query() -> None:
    request = passed(Request("GET", "/ev/tag.js?v=1", (("Cookie", "ajs_anonymous_id=visitor"),)))

    assert (request.target, request.header("cookie")) == ("/ev/tag.js", None)


def test_a_viewer_cannot_speak_for_cloudfront() -> None:
    forged = (("CloudFront-Viewer-Address", "1.2.3.4:5"), ("CloudFront-Viewer-ASN", "1"))

    request = passed(Request("POST", "/ev/v1/t", forged, client=("127.0.0.1", 50123)))

    assert request.header("cloudfront-viewer-address") == "127.0.0.1:50123"
    assert request.header("cloudfront-viewer-asn") is None
    assert request.header("cloudfront-viewer-country") == "NL"


@pytest.mark.parametrize("header", ["Sec-GPC", "DNT", "Origin", "Authorization", "User-Agent"])
def test_what_a_decision_needs_goes_through(header: str) -> None:
    assert passed(Request("POST", "/ev/v1/t", ((header, "1"),))).header(header) == "1"


def test_an_event_keeps_its_query() -> None:
    assert passed(Request("POST", "/ev/v1/t?writeKey=k")).target == "/ev/v1/t?writeKey=k"


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("OPTIONS", "/ev/v1/t", 200),
        ("POST", "/ev/tag.js", 403),
        ("POST", "/ev/v1/batch", 200),
        ("GET", "/ev/v1/projects/k/settings", 200),
    ],
)
def test_methods_are_those_of_the_behaviour(method: str, path: str, status: int) -> None:
    answer = fronted(lambda _: Reply(200), DISTRIBUTION, secret="kept")(Request(method, path))

    assert answer.status == status


def test_the_distribution_passes_on_just_our_cookies() -> None:
    dynamic = DISTRIBUTION.behaviour("/ev/v1/t")

    assert dynamic is not None
    assert dynamic.cookies == set(cookies.NAMES)


def test_the_distribution_outlives_its_stack() -> None:
    assert "DeletionPolicy: Retain" in Path(TEMPLATE).read_text(encoding="utf-8")
