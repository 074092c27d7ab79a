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
        (
            "POST",
            "https://heapanalytics.com/api/public/v0/user_deletion",
            {"users": [{"identity": "user/1"}, {"email": "ada@example.com"}]},
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
            {"distinct_ids": ["user/1", "device-1"], "compliance_type": "GDPR"},
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
    "vero": [
        (
            "POST",
            "https://api.getvero.com/api/v2/users/delete",
            {"id": one, "auth_token": "hunter2-hunter2"},
        )
        for one in ("user/1", "device-1")
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
        (
            "countly",
            {"url": "https://stats.example.com", "app_key": "key"},
            "app_id_or_api_key_not_set",
        ),
        ("heap", {"app_id": "1"}, "api_key_not_set"),
        ("leanplum", {"app_id": "1", "client_key": "production"}, "development_key_not_set"),
        ("mixpanel", {"token": "token"}, "privacy_token_not_set"),
        ("posthog", {"api_key": "key"}, "project_id_or_personal_api_key_not_set"),
        ("posthog", {"api_key": "k", "project_id": "7"}, "project_id_or_personal_api_key_not_set"),
    ],
)
def test_a_vendor_whose_key_for_it_is_missing_says_so(
    slug: str, settings: dict[str, str], reason: str
) -> None:
    sheet = DESTINATIONS[slug]
    assert sheet.delete is not None

    assert sheet.delete(ADA, sheet.settings.model_validate(settings)) == Unsendable(reason)


def _sent(slug: str, subject: Subject) -> list[tuple[str, str, Any]]:
    sheet = DESTINATIONS[slug]
    assert sheet.delete is not None
    deleting = sheet.delete(subject, sheet.settings.model_validate(SETTINGS[slug]))
    asked, requests = driven(deleting, ANSWERS.get(slug, ()))
    assert not isinstance(requests, Unsendable)
    parcels, _ = pack([(0, request) for request in [*asked, *requests]], sheet, now=NOW)
    shown = [readable(parcel.to_http(sheet, now=NOW)) for parcel in parcels]
    return [(one["method"], one["url"], one.get("json", one.get("form"))) for one in shown]
