"""What holds of every destination and any event."""

from copy import deepcopy
from typing import Any

import orjson
import pytest
from headwater.delivery.parcels import pack
from headwater.destination import Subject, Unsendable
from headwater.destinations import DESTINATIONS
from headwater.ports import HttpResponse
from headwater.record import StoredEvent
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.destinations.cases import NOW, built, driven
from tests.unit.destinations.hostile import stored_events

SECRET = "hunter2-hunter2"

# The least each destination needs to send and to erase; every string that may be a secret is one.
SETTINGS: dict[str, dict[str, Any]] = {
    "adjust": {"app_token": SECRET, "events": {"Order Completed": "token-1"}},
    "airship": {"access_token": SECRET, "app_key": SECRET},
    "clevertap": {"account_id": SECRET, "passcode": SECRET},
    "discord": {
        "url": f"https://discord.com/api/webhooks/{SECRET}",
        "messages": {"*": "{who} {traits.email} {properties.products} {event}"},
    },
    "drip": {"api_key": SECRET, "account_id": "9", "campaign_id": "7"},
    "hubspot": {
        "access_token": SECRET,
        "company_id_property": "group_id",
        "events": {"Order Completed": "pe1_order"},
        "event_properties": {"products": "items", "revenue": "revenue"},
        "contact_properties": {"plan": "plan", "address": "place"},
    },
    "intercom": {"access_token": SECRET, "custom_attributes": {"plan": "plan"}},
    "iterable": {"api_key": SECRET},
    "launchdarkly": {"client_id": "environment-1"},
    "leanplum": {"app_id": SECRET, "client_key": SECRET, "development_key": SECRET},
    "loops": {"api_key": SECRET},
    "moengage": {"app_id": SECRET, "api_key": SECRET},
    "optimizely": {
        "account_id": "1",
        "data_file_url": f"https://cdn.optimizely.com/datafiles/{SECRET}.json",
        "attributes": {"plan": "plan"},
        "access_token": SECRET,
    },
    "vero": {"auth_token": SECRET},
    "wootric": {"username": SECRET, "password": SECRET, "account_token": SECRET},
    "amplitude": {"api_key": SECRET, "secret_key": SECRET},
    "appsflyer": {"s2s_key": SECRET, "android_app_id": "com.example", "apple_app_id": "1"},
    "branch": {"branch_key": SECRET, "app_id": "9", "access_token": SECRET},
    "braze": {"api_key": SECRET, "endpoint": "https://rest.iad-01.braze.com"},
    "countly": {
        "url": "https://stats.example.com",
        "app_key": SECRET,
        "app_id": "5f1",
        "api_key": SECRET,
    },
    "customerio": {"site_id": SECRET, "api_key": SECRET},
    "facebook_app_events": {"app_id": "1", "access_token": SECRET},
    "heap": {"app_id": SECRET, "api_key": SECRET},
    "kissmetrics": {"api_key": SECRET},
    "eventbridge": {"region": "eu-west-1", "bus": "shop"},
    "firehose": {"region": "eu-west-1", "delivery_stream": "shop-events"},
    "kinesis": {"region": "eu-west-1", "stream": "shop-events"},
    "sqs": {
        "region": "eu-west-1",
        "queue_url": "https://sqs.eu-west-1.amazonaws.com/111122223333/shop.fifo",
    },
    "klaviyo": {"api_key": SECRET},
    "slack": {
        "url": f"https://hooks.slack.com/services/{SECRET}",
        "messages": {"Order Completed": "{who} {traits.email} {properties.products} {event}"},
    },
    "ga4": {"measurement_id": "G-1", "api_secret": SECRET},
    "kochava": {"app_guid": SECRET},
    "localytics": {"api_key": SECRET, "api_secret": SECRET, "app_key": "app-1"},
    "meta_conversions": {"pixel_id": "1", "access_token": SECRET},
    "microsoft_ads_capi": {"uet_tag": "97", "api_token": SECRET},
    "mixpanel": {"token": SECRET, "api_secret": SECRET, "privacy_token": SECRET},
    "pinterest_conversions": {"ad_account_id": "1", "conversion_token": SECRET},
    "posthog": {"api_key": SECRET, "project_id": "7", "personal_api_key": SECRET},
    "reddit_conversions": {"ad_account_id": "1", "conversion_token": SECRET},
    "segment_relay": {"write_key": SECRET},
    "singular": {"api_key": SECRET, "privacy_key": SECRET, "apps": ["iOS:com.example.shop"]},
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


# One answer that every look-up finds something in, none that any does, and what is no JSON object.
_FOUND = {
    "id": "7",
    "total_count": 1,
    "data": [{"id": "7"}],
    "access_token": "token-1",
    "events": [{"id": "1", "key": "Order Completed"}, {"id": 2, "key": None}, None],
    "attributes": [{"id": "3", "key": "plan"}],
}
_ANSWERS = [
    HttpResponse(200, body=orjson.dumps(_FOUND)),
    HttpResponse(404, body=b"{}"),
    HttpResponse(409, body=b"exists already with id=7"),
    HttpResponse(200, body=b"[1]"),
    HttpResponse(200, body=b'[{"id": "../7", "email": ""}, {"id": 7, "email": null}]'),
    HttpResponse(201),
]


@given(event=stored_events(), answer=st.sampled_from(_ANSWERS))
def test_build_never_raises_never_mutates_and_shows_no_secret(
    event: StoredEvent, answer: HttpResponse
) -> None:
    before = deepcopy(event)

    # One hostile event for all destinations: to make one costs more than to map it.
    for slug, sheet in DESTINATIONS.items():
        settings = sheet.settings.model_validate(SETTINGS[slug])
        (asked, first), (_, second) = (
            built(event, sheet, settings, [answer] * 5) for _ in range(2)
        )
        assert event == before
        assert first == second
        requests = [] if isinstance(first, Unsendable) else first
        parcels, _ = pack([(0, request) for request in [*asked, *requests]], sheet, now=NOW)
        sent = [parcel.to_http(sheet, now=NOW) for parcel in parcels]
        for parcel, request in zip(parcels, sent, strict=True):
            assert all(value.isprintable() for value in request.headers.values())
            if "json" in request.headers.get("Content-Type", ""):
                orjson.loads(parcel.body(now=NOW) or b"null")
        assert SECRET not in f"{settings!r} {first!r} {parcels!r} {sent!r}"


@given(
    subject=st.builds(
        Subject,
        user_ids=st.lists(st.text(max_size=10), max_size=2).map(tuple),
        anonymous_ids=st.lists(st.text(max_size=10), max_size=2).map(tuple),
        emails=st.lists(st.text(max_size=10), max_size=2).map(tuple),
    ),
    answer=st.sampled_from(_ANSWERS),
)
def test_delete_never_raises_and_shows_no_secret(subject: Subject, answer: HttpResponse) -> None:
    for slug, sheet in DESTINATIONS.items():
        if sheet.delete is None:
            continue
        settings = sheet.settings.model_validate(SETTINGS[slug])
        (asked, first), (_, second) = (
            driven(sheet.delete(subject, settings), [answer] * 5) for _ in range(2)
        )
        assert first == second
        requests = [] if isinstance(first, Unsendable) else first
        assert SECRET not in f"{asked!r} {first!r}"
        for parcel in pack([(0, request) for request in [*asked, *requests]], sheet, now=NOW)[0]:
            assert parcel.to_http(sheet, now=NOW).url.isascii()


@pytest.mark.parametrize("slug", DESTINATIONS)
@given(junk=st.binary(max_size=200), status=st.integers(100, 599))
def test_classify_reads_any_answer(slug: str, junk: bytes, status: int) -> None:
    DESTINATIONS[slug].classify(HttpResponse(status, {}, junk))
