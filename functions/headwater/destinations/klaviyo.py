"""Klaviyo: events with their profile, and profiles, created or brought up to date.

Limits: one event or profile a request here, 350 a second at the highest tier, 5 MB; times from 2000 to
a year ahead. Dedup: an event's `unique_id`. A profile that exists answers 409 with its id, and is then
patched.
Source: developers.klaviyo.com/en/reference/create_event, create_profile, read 2026-11-23, and
request_profile_deletion, read 2026-11-27.
"""

import re
from collections.abc import Generator, Mapping, Sequence
from typing import Any

from pydantic import SecretStr

from headwater.destination import Destination, DestinationSettings, Request, Subject, Unsendable
from headwater.destination.answer import accepted, said
from headwater.destination.commerce import money
from headwater.destination.reading import at, mapping, present, text, trait, traits, viewed, who
from headwater.ports import HttpResponse
from headwater.record import StoredEvent, to_iso

_API = "https://a.klaviyo.com/api"
_REVISION = "2025-01-15"
_E164 = r"\+[1-9]\d{6,14}"

# Segment's trait → Klaviyo's own attribute; all others are the profile's custom properties.
_PROFILE = {
    "first_name": "first_name",
    "firstName": "first_name",
    "last_name": "last_name",
    "lastName": "last_name",
    "title": "title",
    "avatar": "image",
}
_LOCATION = {
    "street": "address1",
    "city": "city",
    "state": "region",
    "postalCode": "zip",
    "postal_code": "zip",
    "country": "country",
}
_APART = {"email", "phone", "address", "company", *_PROFILE}


class Settings(DestinationSettings):
    """A private key with the scopes events:write and profiles:write; to erase, data-privacy:write."""

    api_key: SecretStr


def build(
    event: StoredEvent, settings: Settings
) -> Sequence[Request] | Generator[Request, HttpResponse, Sequence[Request] | Unsendable]:
    """Send an event, or create a profile, or patch the one there is."""
    if who(event) is None:
        return []
    if event.type == "identify":
        return _profile(event, settings)
    return [_event(event, settings)]


def _event(event: StoredEvent, settings: Settings) -> Request:
    metric = {"data": {"type": "metric", "attributes": {"name": viewed(event)}}}
    value = money(event, "value", "revenue", "total")
    return _request(
        settings,
        "/events/",
        {
            "type": "event",
            "attributes": present(
                {
                    "properties": event.properties,
                    "time": to_iso(event.timestamp),
                    "value": value,
                    "value_currency": text(event.properties.get("currency")) if value else None,
                    "unique_id": event.message_id,
                    "metric": metric,
                    "profile": {"data": {"type": "profile", "attributes": _person(event)}},
                }
            ),
        },
    )


def _person(event: StoredEvent) -> Mapping[str, Any]:
    phone = text(trait(event, "phone")) or ""
    return present(
        {
            "email": text(traits(event).get("email")),
            "phone_number": phone if re.fullmatch(_E164, phone) else None,
            "external_id": event.identity.user_id,
            "anonymous_id": event.identity.anonymous_id,
        }
    )


def _profile(
    event: StoredEvent, settings: Settings
) -> Generator[Request, HttpResponse, Sequence[Request] | Unsendable]:
    profile = {"type": "profile", "attributes": _attributes(event)}
    answer = yield _request(settings, "/profiles/", profile)
    if answer.status != 409:
        return [] if accepted(answer) else Unsendable(f"profile_http_{answer.status}")
    there = _duplicate(answer)
    if there is None:
        return Unsendable("profile_conflict")
    return [_request(settings, f"/profiles/{there}/", {**profile, "id": there}, method="PATCH")]


def _attributes(event: StoredEvent) -> Mapping[str, Any]:
    known = traits(event)
    address = mapping(known.get("address"))
    company = known.get("company")
    location = present({ours: text(address.get(name)) for name, ours in _LOCATION.items()})
    return present(
        {
            **_person(event),
            **{ours: text(known.get(name)) for name, ours in _PROFILE.items() if known.get(name)},
            "organization": text(at(company, "name")) or text(company),
            "location": location or None,
            "properties": {name: value for name, value in known.items() if name not in _APART},
        }
    )


def _duplicate(answer: HttpResponse) -> str | None:
    """Read the id of the profile that exists already; only what can stand in a path."""
    try:
        found = said(answer)["errors"][0]["meta"]["duplicate_profile_id"]
    except (IndexError, KeyError, TypeError):
        return None
    return found if isinstance(found, str) and found.isalnum() else None


def _request(
    settings: Settings, path: str, content: Mapping[str, Any], *, method: str = "POST"
) -> Request:
    return Request(
        method=method,
        url=_API + path,
        headers={
            "Authorization": f"Klaviyo-API-Key {settings.api_key.get_secret_value()}",
            "revision": _REVISION,
            "Accept": "application/json",
        },
        json={"data": content},
    )


def delete(subject: Subject, settings: Settings) -> Sequence[Request]:
    """Ask for the erasure of each profile, which Klaviyo files by e-mail address (data privacy jobs)."""
    return [
        _request(
            settings,
            "/data-privacy-deletion-jobs",
            {
                "type": "data-privacy-deletion-job",
                "attributes": {
                    "profile": {"data": {"type": "profile", "attributes": {"email": address}}}
                },
            },
        )
        for address in subject.emails
    ]


DESTINATION = Destination(
    slug="klaviyo",
    name="Klaviyo (Actions)",
    aliases=("Klaviyo",),
    docs="https://developers.klaviyo.com/en/reference/create_event",
    settings=Settings,
    dedup="`unique_id`",
    build=build,
    delete=delete,
    event_types=("track", "page", "screen", "identify"),
    max_bytes=5_000_000,
)
