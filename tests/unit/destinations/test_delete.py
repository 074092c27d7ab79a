"""What each vendor is told when a person is to be erased: its own call, for every id it knows them by."""

from typing import Any

import pytest
from headwater.delivery.parcels import pack
from headwater.destination import Subject, Unsendable
from headwater.destinations import DESTINATIONS
from headwater.ports import HttpResponse

from tests.unit.destinations.cases import NOW, driven, readable
from tests.unit.destinations.test_every_destination import SETTINGS

ADA = Subject(user_ids=("user/1",), anonymous_ids=("device-1",), emails=("ada@example.com",))

# slug → (method, address, body) of each request, from the vendor's documentation of its deletion.
SAID: dict[str, list[tuple[str, str, Any]]] = {
    "airship": [
        (
            "POST",
            "https://go.urbanairship.com/api/named_users/uninstall",
            {"named_user_id": ["user/1"]},
        )
    ],
    "amplitude": [
        (
            "POST",
            "https://amplitude.com/api/2/deletions/users",
            {"user_ids": ["user/1"], "ignore_invalid_id": "True"},
        )
    ],
    "branch": [
        (
            "POST",
            "https://api2.branch.io/v1/gdpr?app_id=9",
            {
                "subject_request_type": "erasure",
                "subject_identities": [
                    {
                        "identity_type": "DEVELOPER_ID",
                        "identity_value": one,
                        "identity_format": "raw",
                    }
                    for one in ("user/1", "device-1")
                ],
            },
        )
    ],
    "braze": [
        (
            "POST",
            "https://rest.iad-01.braze.com/users/delete",
            {"external_ids": ["user/1"]},
        ),
        (
            "POST",
            "https://rest.iad-01.braze.com/users/delete",
            {"user_aliases": [{"alias_name": "device-1", "alias_label": "anonymous_id"}]},
        ),
    ],
    "clevertap": [
        (
            "POST",
            "https://api.clevertap.com/1/delete/profiles.json",
            {"identity": ["user/1", "device-1"]},
        )
    ],
    "countly": [
        (
            "POST",
            "https://stats.example.com/i/app_users/delete",
            {
                "app_id": "5f1",
                "api_key": "hunter2-hunter2",
                "query": '{"did":{"$in":["user/1","device-1"]}}',
                "force": "true",
            },
        )
    ],
    "customerio": [
        (
            "POST",
            "https://track.customer.io/api/v2/batch",
            {
                "batch": [
                    {"type": "person", "action": "delete", "identifiers": {name: value}}
                    for name, value in (
                        ("id", "user/1"),
                        ("email", "ada@example.com"),
                        ("anonymous_id", "device-1"),
                    )
                ]
            },
        )
    ],
    "drip": [("DELETE", "https://api.getdrip.com/v2/9/subscribers/ada%40example.com", None)],
    "heap": [
        ("POST", "https://heapanalytics.com/api/public/v0/auth_token", None),
        *(
            ("POST", "https://heapanalytics.com/api/public/v0/user_deletion", {"users": [one]})
            for one in ({"identity": "user/1"}, {"email": "ada@example.com"})
        ),
    ],
    "hubspot": [
        (
            "POST",
            "https://api.hubapi.com/crm/v3/objects/contacts/gdpr-delete",
            {"objectId": "ada@example.com", "idProperty": "email"},
        )
    ],
    "intercom": [
        *(
            (
                "POST",
                "https://api.intercom.io/contacts/search",
                {"query": {"field": field, "operator": "=", "value": value}},
            )
            for field, value in (
                ("external_id", "user/1"),
                ("external_id", "device-1"),
                ("email", "ada@example.com"),
            )
        ),
        ("DELETE", "https://api.intercom.io/contacts/c1", None),
        ("DELETE", "https://api.intercom.io/contacts/c3", None),
    ],
    "iterable": [
        ("DELETE", "https://api.iterable.com/api/users/byUserId/user%2F1", None),
        ("DELETE", "https://api.iterable.com/api/users/ada%40example.com", None),
    ],
    "klaviyo": [
        (
            "POST",
            "https://a.klaviyo.com/api/data-privacy-deletion-jobs",
            {
                "data": {
                    "type": "data-privacy-deletion-job",
                    "attributes": {
                        "profile": {
                            "data": {
                                "type": "profile",
                                "attributes": {"email": "ada@example.com"},
                            }
                        }
                    },
                }
            },
        )
    ],
    "leanplum": [
        (
            "POST",
            "https://api.leanplum.com/api?action=deleteUser",
            {
                "appId": "hunter2-hunter2",
                "clientKey": "hunter2-hunter2",
                "apiVersion": "1.0.6",
                "fullErasure": True,
                "userId": one,
            },
        )
        for one in ("user/1", "device-1")
    ],
    "localytics": [
        ("DELETE", f"https://profile.localytics.com/v1/apps/app-1/profiles/{customer}", None)
        for customer in ("user%2F1", "device-1")
    ],
    "loops": [
        ("POST", "https://app.loops.so/api/v1/contacts/delete", {"userId": "user/1"}),
        ("POST", "https://app.loops.so/api/v1/contacts/delete", {"email": "ada@example.com"}),
    ],
    "mixpanel": [
        (
            "POST",
            "https://mixpanel.com/api/app/data-deletions/v3.0/?token=hunter2-hunter2",
            {
                "distinct_ids": ["user/1", "device-1", "$device:device-1"],
                "compliance_type": "GDPR",
            },
        )
    ],
    "moengage": [
        (
            "POST",
            "https://api-01.moengage.com/v1/customer/delete?app_id=hunter2-hunter2",
            {"identity_type": "customer_id", "identity_value": one},
        )
        for one in ("user/1", "device-1")
    ],
    "optimizely": [
        (
            "POST",
            "https://api.optimizely.com/v2/subject-access-requests",
            {
                "data_type": "visitor",
                "identifier": one,
                "identifier_type": "fullstack_id",
                "request_type": "delete",
            },
        )
        for one in ("user/1", "device-1")
    ],
    "posthog": [
        (
            "POST",
            "https://us.posthog.com/api/projects/7/persons/bulk_delete/",
            {
                "distinct_ids": ["user/1", "device-1"],
                "delete_events": True,
                "delete_recordings": True,
            },
        )
    ],
    "singular": [
        (
            "POST",
            "https://gdpr.singular.net/api/gdpr/requests",
            {
                "subject_request_id": "d437dce6-5e3b-40f7-98b0-2a4b38db60ec",
                "subject_request_type": "erasure",
                "submitted_time": "2026-03-01T12:30:00.000Z",
                "subject_identities": [
                    {
                        "identity_type": "user_id",
                        "identity_value": "user/1",
                        "identity_format": "raw",
                    }
                ],
                "property_id": "iOS:com.example.shop",
            },
        )
    ],
    "vero": [
        (
            "POST",
            "https://api.getvero.com/api/v2/users/delete",
            {"id": one, "auth_token": "hunter2-hunter2"},
        )
        for one in ("user/1", "device-1")
    ],
    "wootric": [
        (
            "POST",
            "https://api.wootric.com/oauth/token?account_token=hunter2-hunter2",
            {
                "grant_type": "password",
                "username": "hunter2-hunter2",
                "password": "hunter2-hunter2",
            },
        ),
        (
            "GET",
            "https://api.wootric.com/v1/end_users/user%2F1?lookup_by_external_id=true",
            None,
        ),
        ("GET", "https://api.wootric.com/v1/end_users?email=ada%40example.com", None),
        ("DELETE", "https://api.wootric.com/v1/end_users/7", None),
        ("DELETE", "https://api.wootric.com/v1/end_users/8", None),
    ],
}


# What is answered to those that look the person up first.
ANSWERS = {
    "heap": [HttpResponse(200, body=b'{"access_token": "token-1"}')],
    "intercom": [
        HttpResponse(200, body=b'{"data": [{"id": "c1"}, {"id": "../c2"}]}'),
        HttpResponse(200, body=b'{"data": []}'),
        HttpResponse(200, body=b'{"data": [{"id": "c1"}, {"id": "c3"}]}'),
    ],
    "wootric": [
        HttpResponse(200, body=b'{"access_token": "token-1"}'),
        HttpResponse(200, body=b'{"id": 7, "external_id": "user/1"}'),
        HttpResponse(
            200,
            body=b'[{"id": 7, "email": "Ada@example.com"}, {"id": 8, "email": "ada@example.com"},'
            b' {"id": 9, "email": "bob@example.com"}]',
        ),
    ],
}


@pytest.mark.parametrize("slug", SAID)
def test_the_vendor_is_told_as_it_documents(slug: str) -> None:
    assert _sent(slug, ADA) == SAID[slug]


@pytest.mark.parametrize("slug", SAID)
def test_nobody_is_nothing_to_tell(slug: str) -> None:
    assert _sent(slug, Subject()) == []


@pytest.mark.parametrize(
    ("slug", "settings", "reason"),
    [
        ("amplitude", {"api_key": "key"}, "secret_key_not_set"),
        ("branch", {"branch_key": "key", "app_id": "9"}, "app_id_or_access_token_not_set"),
        (
            "countly",
            {"url": "https://stats.example.com", "app_key": "key"},
            "app_id_or_api_key_not_set",
        ),
        ("heap", {"app_id": "1"}, "api_key_not_set"),
        ("leanplum", {"app_id": "1", "client_key": "production"}, "development_key_not_set"),
        ("mixpanel", {"token": "token"}, "privacy_token_not_set"),
        (
            "optimizely",
            {"account_id": "1", "data_file_url": "https://cdn.optimizely.com/a.json"},
            "access_token_not_set",
        ),
        ("posthog", {"api_key": "key"}, "project_id_or_personal_api_key_not_set"),
        ("posthog", {"api_key": "k", "project_id": "7"}, "project_id_or_personal_api_key_not_set"),
        ("singular", {"api_key": "key", "privacy_key": "k"}, "privacy_key_or_apps_not_set"),
    ],
)
def test_a_vendor_whose_key_for_it_is_missing_says_so(
    slug: str, settings: dict[str, str], reason: str
) -> None:
    sheet = DESTINATIONS[slug]
    assert sheet.delete is not None

    assert sheet.delete(ADA, sheet.settings.model_validate(settings)) == Unsendable(reason)


def test_wootrics_person_of_that_number_is_not_taken_for_ours() -> None:
    sheet = DESTINATIONS["wootric"]
    assert sheet.delete is not None
    subject = Subject(user_ids=("7",))

    deleting = sheet.delete(subject, sheet.settings.model_validate(SETTINGS["wootric"]))
    answers = (ANSWERS["wootric"][0], HttpResponse(200, body=b'{"id": 7, "external_id": "42"}'))

    assert driven(deleting, answers)[1] == Unsendable("look_up_found_another")


def _sent(slug: str, subject: Subject) -> list[tuple[str, str, Any]]:
    sheet = DESTINATIONS[slug]
    assert sheet.delete is not None
    deleting = sheet.delete(subject, sheet.settings.model_validate(SETTINGS[slug]))
    asked, requests = driven(deleting, ANSWERS.get(slug, ()))
    assert not isinstance(requests, Unsendable)
    parcels, _ = pack([(0, request) for request in [*asked, *requests]], sheet, now=NOW)
    shown = [readable(parcel.to_http(sheet, now=NOW)) for parcel in parcels]
    return [(one["method"], one["url"], one.get("json", one.get("form"))) for one in shown]
