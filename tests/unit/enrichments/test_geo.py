"""The place an address stands for."""

from typing import Any

import pytest
from headwater.enrichments.geo import geo
from headwater.record import SourceReference

from tests.examples import a_received, a_stored_track, enriched_by

_HEADERS = {
    "cloudfront-viewer-country": "NL",
    "cloudfront-viewer-country-region": "NH",
    "cloudfront-viewer-city": "Amsterdam",
    "cloudfront-viewer-time-zone": "Europe/Amsterdam",
}


def place(context: Any, headers: dict[str, str] | None = None, **overrides: Any) -> object:
    received = a_received(headers=_HEADERS if headers is None else headers)
    event = a_stored_track(context=context, **overrides)
    return enriched_by(geo, event, received).enrichment.get("geo")


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


def test_a_place_is_read_whole_bounded_and_with_its_letters() -> None:
    headers = {
        f"cloudfront-viewer-{name}": said
        for name, said in {
            "country-name": "Brazil",
            "country-region-name": "S%C3%A3o%20Paulo",
            "city": "São Paulo".encode().decode("latin-1"),
            "postal-code": "01310-100",
            "metro-code": "501",
            "latitude": "-23.550521234",
            "longitude": "-46.6333",
        }.items()
    }

    assert place({"ip": "203.0.113.66"}, headers) == {
        "countryName": "Brazil",
        "regionName": "São Paulo",
        "city": "São Paulo",
        "postalCode": "01310-100",
        "latitude": -23.5505,
        "longitude": -46.6333,
        "metroCode": "501",
    }


@pytest.mark.parametrize("said", ["north", "91", "-1e9", "nan", "inf", ""])
def test_what_is_no_latitude_is_none(said: str) -> None:
    assert place({"ip": "203.0.113.66"}, {"cloudfront-viewer-latitude": said}) is None


@pytest.mark.parametrize("context", [{}, {"ip": "0.0.0.0"}, {"ip": "::"}, {"ip": 5}])
def test_who_sends_no_address_has_no_place(context: Any) -> None:
    assert place(context) is None


def test_a_servers_place_is_nobodys() -> None:
    assert place({"ip": "8.8.8.8"}, source=SourceReference("server", "server")) is None


def test_nothing_is_known_without_an_edge() -> None:
    assert place({"ip": "203.0.113.66"}, {}) is None
