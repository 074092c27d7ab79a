"""What vendors say in bodies: who of a batch was refused, and what a 200 hides."""

import json
from typing import Any

import pytest
from headwater.destination import Result
from headwater.destinations import DESTINATIONS
from headwater.outcomes import Verdict
from headwater.ports import HttpResponse

DROP = Verdict.DROP


def answer(slug: str, status: int, body: Any) -> Result:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return DESTINATIONS[slug].classify(HttpResponse(status, body=raw))


def test_mixpanel_keeps_the_good_rows_of_a_400() -> None:
    said = {"code": 400, "failed_records": [{"index": 1, "field": "time", "message": "too old"}]}

    assert answer("mixpanel", 400, said) == Result(
        Verdict.OK, items={("", 1): Result(DROP, "invalid_row", "time: too old")}
    )


def test_mixpanel_refuses_with_a_200_and_a_zero() -> None:
    assert answer("mixpanel", 200, b"0\n").verdict is DROP


def test_mixpanel_refuses_a_profile_with_a_200_and_an_error() -> None:
    assert answer("mixpanel", 200, {"error": "invalid $distinct_id", "status": 0}).verdict is DROP
    assert answer("mixpanel", 200, {"error": None, "status": 1}) == Result(Verdict.OK)
    assert answer("mixpanel", 200, {"code": 200, "num_records_imported": 2}) == Result(Verdict.OK)


def test_amplitude_takes_none_of_a_400_and_names_the_bad_ones() -> None:
    said = {
        "code": 400,
        "error": "Request missing required field",
        "events_with_missing_fields": {"event_type": [0]},
        "events_with_invalid_fields": {"time": [2, 3]},
        "silenced_events": [5],
    }

    result = answer("amplitude", 400, said)

    assert (result.verdict, result.wait_seconds) == (Verdict.RETRY, 0.0)
    assert {place: one.reason for place, one in result.items.items()} == {
        ("events", 0): "missing_event_type",
        ("events", 2): "invalid_time",
        ("events", 3): "invalid_time",
        ("events", 5): "silenced_device",
    }


def test_amplitude_lets_nobody_wait_a_day_for_one_who_sent_too_much() -> None:
    said = {
        "code": 429,
        "error": "Too many requests for some devices and users",
        "throttled_events": [0, 1],
        "exceeded_daily_quota_users": {"user-1": 500_001},
        "exceeded_daily_quota_devices": {"device-1": 500_002},
    }
    dropped = Result(DROP, "daily_quota_exceeded")

    result = answer("amplitude", 429, said)

    assert (result.verdict, result.wait_seconds) == (Verdict.RETRY, 0.0)
    assert result.alike == [({"user_id": "user-1"}, dropped), ({"device_id": "device-1"}, dropped)]


def test_amplitude_makes_all_wait_for_a_second_that_was_too_full() -> None:
    said = {"code": 429, "throttled_events": [0], "exceeded_daily_quota_users": {}}

    assert answer("amplitude", 429, said).verdict is Verdict.THROTTLE


def test_amplitude_says_of_a_wrong_key_what_others_say_with_401() -> None:
    said = {"code": 400, "error": "Invalid API key: test"}

    assert answer("amplitude", 400, said).verdict is Verdict.AUTH


def test_braze_names_refused_objects_in_a_201() -> None:
    said = {
        "message": "success",
        "errors": [{"type": "'name' is required", "input_array": "events", "index": 1}],
    }

    assert answer("braze", 201, said) == Result(
        Verdict.OK,
        items={("events", 1): Result(DROP, "refused_object", "'name' is required")},
    )


def test_braze_without_errors_took_everything() -> None:
    assert answer("braze", 201, {"message": "success"}) == Result(Verdict.OK)


def test_braze_in_maintenance_took_everything() -> None:
    assert answer("braze", 201, {"message": "queued"}) == Result(Verdict.OK)


def test_braze_may_take_nothing_with_a_201() -> None:
    said = {"message": "Valid data must be provided", "errors": [{"type": "no 'external_id'"}]}

    assert answer("braze", 201, said).verdict is Verdict.SPLIT


def test_customerio_names_refused_items_in_a_207() -> None:
    said = {
        "errors": [{"batch_index": 1, "reason": "invalid", "field": "name", "message": "empty"}]
    }

    assert answer("customerio", 207, said) == Result(
        Verdict.OK, items={("batch", 1): Result(DROP, "refused_item", "name: empty")}
    )


META_CODES = {
    1: Verdict.RETRY,
    2: Verdict.RETRY,
    4: Verdict.THROTTLE,
    17: Verdict.THROTTLE,
    80004: Verdict.THROTTLE,
    190: Verdict.AUTH,
    200: Verdict.AUTH,
    100: Verdict.SPLIT,
    368: Verdict.RETRY,
    5000: Verdict.RETRY,
    80003: Verdict.THROTTLE,
}
TIKTOK_CODES = {
    0: Verdict.OK,
    20001: Verdict.SPLIT,  # in part, and it names none: halves tell, and `event_id` bars repeats
    40002: Verdict.SPLIT,
    40100: Verdict.THROTTLE,
    40105: Verdict.AUTH,
    50000: Verdict.RETRY,
}


@pytest.mark.parametrize("code", META_CODES)
def test_meta_says_what_it_means_by_a_code_in_a_400(code: int) -> None:
    said = {"error": {"message": "no", "code": code}}

    assert answer("meta_conversions", 400, said).verdict is META_CODES[code]


def test_meta_says_of_a_pixel_that_it_does_not_show_what_others_say_with_403() -> None:
    said = {"error": {"message": "Object does not exist", "code": 100, "error_subcode": 33}}

    assert answer("meta_conversions", 400, said).verdict is Verdict.AUTH


def test_meta_calls_some_errors_passing() -> None:
    said = {"error": {"code": 9999, "is_transient": True}}

    assert answer("meta_conversions", 400, said).verdict is Verdict.RETRY


@pytest.mark.parametrize("code", TIKTOK_CODES)
def test_tiktok_says_everything_with_a_200(code: int) -> None:
    said = {"code": code, "message": "said"}

    assert answer("tiktok_events", 200, said).verdict is TIKTOK_CODES[code]


def test_tiktok_names_the_events_of_a_200_that_it_left_out() -> None:
    failed = [{"order_in_request": 1, "error_message": "event_time is too old"}]

    assert answer(
        "tiktok_events", 200, {"code": 20001, "data": {"failed_events": failed}}
    ) == Result(
        Verdict.OK, items={("data", 1): Result(DROP, "failed_event", "event_time is too old")}
    )


def test_pinterest_says_what_became_of_each_event() -> None:
    said = {
        "num_events_received": 2,
        "num_events_processed": 1,
        "events": [{"status": "processed"}, {"status": "failed", "error_message": "no user data"}],
    }

    for status in (200, 422):
        assert answer("pinterest_conversions", status, said) == Result(
            Verdict.OK, items={("data", 1): Result(DROP, "failed_event", "no user data")}
        )


def test_reddit_may_leave_events_out_of_a_batch_it_took() -> None:
    said = {"message": "Processed 1 of 2", "invalid_events": [{"error_message": "event_at"}]}

    assert answer("reddit_conversions", 200, said).verdict is Verdict.SPLIT
    assert answer("reddit_conversions", 200, {"invalid_events": []}) == Result(Verdict.OK)


def test_iterable_names_the_failures_of_a_200() -> None:
    said = {
        "successCount": 1,
        "failCount": 3,
        "invalidEmails": ["no address"],
        "disallowedEventNames": ["Boots Tried"],
        "createdFields": ["size"],
        "failedUpdates": {"notFoundUserIds": ["user-2"], "forgottenEmails": []},
    }

    assert answer("iterable", 200, said) == Result(
        Verdict.OK,
        alike=[
            ({"email": "no address"}, Result(DROP, "invalidEmails")),
            ({"eventName": "Boots Tried"}, Result(DROP, "disallowedEventNames")),
            ({"userId": "user-2"}, Result(DROP, "notFoundUserIds")),
        ],
    )


def test_iterable_may_only_count_the_failures_of_a_200() -> None:
    assert answer("iterable", 200, {"successCount": 1, "failCount": 1}).verdict is Verdict.SPLIT
    assert answer("iterable", 200, {"successCount": 2, "failCount": 0}) == Result(Verdict.OK)


@pytest.mark.parametrize(
    "said",
    [
        {"status": "partial", "processed": 1, "unprocessed": [{"status": "fail", "code": 509}]},
        {"status": "fail", "error": "Payload is mandatory", "code": 1},
    ],
)
def test_clevertap_refuses_with_a_200(said: dict[str, Any]) -> None:
    assert answer("clevertap", 200, said).verdict is Verdict.SPLIT


def test_clevertap_shows_the_records_that_it_left_out() -> None:
    record = {"identity": "user-1", "type": "event", "evtName": "Boots Tried", "ts": 1}
    left_out = [{"status": "fail", "code": 509, "error": "Event name", "record": record}]

    assert answer("clevertap", 200, {"status": "partial", "unprocessed": left_out}) == Result(
        Verdict.OK, alike=[(record, Result(DROP, "clevertap_509", "Event name"))]
    )


def test_clevertap_is_asked_again_about_what_it_could_not_do_itself() -> None:
    record = {"identity": "user-1", "type": "event", "evtName": "Boots Tried"}
    left_out = [{"status": "fail", "code": 555, "error": "server error", "record": record}]

    assert answer("clevertap", 200, {"status": "fail", "unprocessed": left_out}) == Result(
        Verdict.OK, alike=[(record, Result(Verdict.RETRY, "clevertap_555", "server error"))]
    )


def test_clevertap_took_all_of_a_200() -> None:
    said = {"status": "success", "processed": 2, "unprocessed": []}

    assert answer("clevertap", 200, said) == Result(Verdict.OK)


def test_posthog_says_with_a_202_who_is_still_there() -> None:
    said = {"persons_found": 2, "persons_deleted": 1, "deletion_errors": [{"person_uuid": "p-2"}]}

    assert answer("posthog", 202, said).verdict is Verdict.RETRY
    assert answer("posthog", 202, {**said, "deletion_errors": []}) == Result(Verdict.OK)


def test_countly_never_knew_who_is_to_be_erased() -> None:
    assert answer("countly", 400, {"result": "No users matching criteria"}) == Result(Verdict.OK)
    assert answer("countly", 400, {"result": 'Missing parameter "query"'}).verdict is Verdict.SPLIT


def test_leanplum_refuses_with_a_200() -> None:
    said = {"response": [{"success": True}, {"success": False, "error": {"message": "no user"}}]}

    assert answer("leanplum", 200, said).verdict is DROP
    assert answer("leanplum", 200, {"response": [{"success": True}]}) == Result(Verdict.OK)


@pytest.mark.parametrize("said", ["App does not exist", "App is currently not accepting data"])
def test_countly_loses_no_event_to_a_wrong_key_or_a_paused_app(said: str) -> None:
    assert answer("countly", 400, {"result": said}).verdict is Verdict.AUTH


def test_branch_says_of_a_wrong_key_what_others_say_with_401() -> None:
    wrong = {"message": "Invalid or missing app id, Branch key, or secret", "code": 400}

    assert answer("branch", 400, {"error": wrong}).verdict is Verdict.AUTH
    assert answer("branch", 400, {"error": {"message": "no device id"}}).verdict is Verdict.SPLIT


def test_loops_had_an_event_it_calls_a_repeat() -> None:
    assert answer("loops", 409, {"success": False}) == Result(Verdict.OK)


def test_wootric_says_of_a_wrong_password_what_others_say_with_401() -> None:
    assert answer("wootric", 400, {"error": "invalid_grant"}).verdict is Verdict.AUTH
    assert answer("wootric", 400, {"error": "email is invalid"}).verdict is Verdict.SPLIT


@pytest.mark.parametrize("slug", ["discord", "launchdarkly", "slack", "snap_conversions"])
@pytest.mark.parametrize("status", [404, 410])
def test_an_address_that_is_gone_makes_events_wait_for_somebody(slug: str, status: int) -> None:
    assert answer(slug, status, b"no_service").verdict is Verdict.AUTH


REFUSED = {"error": {"details": [{"index": 1, "errorMessage": "eventTime is too old"}]}}


def test_microsoft_takes_the_good_ones_of_a_200() -> None:
    dropped = Result(DROP, "refused_event", "eventTime is too old")

    assert answer("microsoft_ads_capi", 200, REFUSED) == Result(
        Verdict.OK, items={("data", 1): dropped}
    )
    assert answer("microsoft_ads_capi", 200, {"eventsReceived": 2}) == Result(Verdict.OK)


def test_microsoft_takes_none_of_a_400() -> None:
    result = answer("microsoft_ads_capi", 400, REFUSED)

    assert (result.verdict, result.wait_seconds) == (Verdict.RETRY, 0.0)
    assert set(result.items) == {("data", 1)}


@pytest.mark.parametrize("slug", DESTINATIONS)
@pytest.mark.parametrize(
    ("status", "verdict"),
    [(429, Verdict.THROTTLE), (500, Verdict.RETRY), (503, Verdict.RETRY), (401, Verdict.AUTH)],
)
def test_every_vendor_that_is_down_throttles_or_refuses_the_key_is_asked_later(
    slug: str, status: int, verdict: Verdict
) -> None:
    assert answer(slug, status, b"<html>").verdict is verdict
