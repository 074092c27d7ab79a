"""The place an address stands for."""

from typing import Any

import pytest
from headwater.enrichments.geo import geo
from headwater.record import SourceReference

from tests.examples import a_received, a_stored_track

_HEADERS = {
    "cloudfront-viewer-country": "NL",
    "cloudfront-viewer-country-region": "NH",
    "cloudfront-viewer-city": "Amsterdam",
    "cloudfront-viewer-time-zone": "Europe/Amsterdam",
}


def place(context: Any, headers: dict[str, str] | None = None, **overrides: Any) -> object:
    received = a_received(headers=_HEADERS if headers is None else headers)
    return geo(a_stored_track(context=context, **overrides), received).enrichment.get("geo")


def test_a_browsers_place_is_what_the_edge_says() -> None:
    assert place({"ip": "203.0.113.66"}) == {
        "country": "NL",
        "region": "NH",
        "city": "Amsterdam",
        "timezone": "Europe/Amsterdam",
    }
    assert place({"ip": "203.0.113.66"}, {"cloudfront-viewer-city": "x" * 200}) == {
        "city": "x" * 100
    }


@pytest.mark.parametrize("context", [{}, {"ip": "0.0.0.0"}, {"ip": "::"}, {"ip": 5}])
def test_who_sends_no_address_has_no_place(context: Any) -> None:
    assert place(context) is None


def test_a_servers_place_is_nobodys() -> None:
    assert place({"ip": "8.8.8.8"}, source=SourceReference("server", "server")) is None


def test_nothing_is_known_without_an_edge() -> None:
    assert place({"ip": "203.0.113.66"}, {}) is None
