"""What holds of every destination and any event."""

from copy import deepcopy
from typing import Any

import orjson
import pytest
from headwater.delivery.parcels import pack
from headwater.destination import Unsendable
from headwater.destinations import DESTINATIONS
from headwater.ports import HttpResponse
from headwater.record import StoredEvent
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.destinations.cases import NOW, built
from tests.unit.destinations.hostile import stored_events

SECRET = "hunter2-hunter2"

# The least each destination needs; every string that may be a secret is one.
SETTINGS: dict[str, dict[str, Any]] = {
    "amplitude": {"api_key": SECRET},
    "braze": {"api_key": SECRET, "endpoint": "https://rest.iad-01.braze.com"},
    "customerio": {"site_id": SECRET, "api_key": SECRET},
    "klaviyo": {"api_key": SECRET},
    "slack": {
        "url": f"https://hooks.slack.com/services/{SECRET}",
        "messages": {"Order Completed": "{who} {traits.email} {properties.products} {event}"},
    },
    "ga4": {"measurement_id": "G-1", "api_secret": SECRET},
    "meta_conversions": {"pixel_id": "1", "access_token": SECRET},
    "mixpanel": {"token": SECRET, "api_secret": SECRET},
    "pinterest_conversions": {"ad_account_id": "1", "conversion_token": SECRET},
    "posthog": {"api_key": SECRET},
    "reddit_conversions": {"ad_account_id": "1", "conversion_token": SECRET},
    "segment_relay": {"write_key": SECRET},
    "snap_conversions": {"access_token": SECRET, "pixel_id": "1", "snap_app_id": "2"},
    "tiktok_events": {"pixel_code": "1", "access_token": SECRET},
    "webhook": {
        "url": f"https://hooks.example.com/{SECRET}",
        "shared_secret": SECRET,
        "headers": {"Authorization": SECRET},
    },
}


def test_the_least_settings_of_every_destination_are_here() -> None:
    assert SETTINGS.keys() == DESTINATIONS.keys()


@given(event=stored_events())
def test_build_never_raises_never_mutates_and_shows_no_secret(event: StoredEvent) -> None:
    before = deepcopy(event)

    # One hostile event for all destinations: to make one costs more than to map it.
    for slug, sheet in DESTINATIONS.items():
        settings = sheet.settings.model_validate(SETTINGS[slug])
        (asked, first), (_, second) = built(event, sheet, settings), built(event, sheet, settings)
        assert event == before
        assert first == second
        requests = [] if isinstance(first, Unsendable) else first
        parcels, _ = pack([(0, request) for request in [*asked, *requests]], sheet, now=NOW)
        sent = [parcel.to_http(sheet, now=NOW) for parcel in parcels]
        for parcel, request in zip(parcels, sent, strict=True):
            assert all(value.isprintable() for value in request.headers.values())
            if request.headers.get("Content-Type") == "application/json":
                orjson.loads(parcel.body(now=NOW) or b"null")
        assert SECRET not in f"{settings!r} {first!r} {parcels!r} {sent!r}"


@pytest.mark.parametrize("slug", DESTINATIONS)
@given(junk=st.binary(max_size=200), status=st.integers(100, 599))
def test_classify_reads_any_answer(slug: str, junk: bytes, status: int) -> None:
    DESTINATIONS[slug].classify(HttpResponse(status, {}, junk))
