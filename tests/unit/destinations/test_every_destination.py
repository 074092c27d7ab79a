"""What holds of every destination and any event."""

from copy import deepcopy
from typing import Any

import orjson
import pytest
from headwater.delivery.parcels import pack
from headwater.destination import Unsendable
from headwater.destinations import DESTINATIONS
from headwater.record import StoredEvent
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.destinations.cases import NOW
from tests.unit.destinations.hostile import stored_events

SECRET = "hunter2-hunter2"

# The least each destination needs; every string that may be a secret is one.
SETTINGS: dict[str, dict[str, Any]] = {
    "segment_relay": {"write_key": SECRET},
    "webhook": {
        "url": f"https://hooks.example.com/{SECRET}",
        "shared_secret": SECRET,
        "headers": {"Authorization": SECRET},
    },
}


def test_the_least_settings_of_every_destination_are_here() -> None:
    assert SETTINGS.keys() == DESTINATIONS.keys()


@pytest.mark.parametrize("slug", DESTINATIONS)
@given(event=stored_events())
def test_build_never_raises_never_mutates_and_yields_requests(
    slug: str, event: StoredEvent
) -> None:
    sheet = DESTINATIONS[slug]
    settings = sheet.settings.model_validate(SETTINGS[slug])
    before = deepcopy(event)

    first, second = sheet.build(event, settings), sheet.build(event, settings)

    assert event == before
    assert first == second
    if not isinstance(first, Unsendable):
        parcels, _ = pack([(0, request) for request in first], sheet, now=NOW)
        for parcel in parcels:
            request = parcel.to_http(sheet, now=NOW)
            assert all(value.isprintable() for value in request.headers.values())
            if request.headers.get("Content-Type") == "application/json":
                orjson.loads(parcel.body(now=NOW) or b"null")


@pytest.mark.parametrize("slug", DESTINATIONS)
@given(event=stored_events())
def test_nothing_secret_or_personal_shows_in_a_representation(
    slug: str, event: StoredEvent
) -> None:
    sheet = DESTINATIONS[slug]
    settings = sheet.settings.model_validate(SETTINGS[slug])
    built = sheet.build(event, settings)

    requests = [] if isinstance(built, Unsendable) else [(0, request) for request in built]
    parcels, _ = pack(requests, sheet, now=NOW)
    shown = f"{settings!r} {built!r} {parcels!r} {[p.to_http(sheet, now=NOW) for p in parcels]!r}"

    assert SECRET not in shown


@pytest.mark.parametrize("slug", DESTINATIONS)
@given(junk=st.binary(max_size=200), status=st.integers(100, 599))
def test_classify_reads_any_answer(slug: str, junk: bytes, status: int) -> None:
    from headwater.ports import HttpResponse

    DESTINATIONS[slug].classify(HttpResponse(status, {}, junk))
