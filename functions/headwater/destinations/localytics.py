"""Localytics: tracks, pages and screens as events of a customer, identify as the customer's profile.

Limits: one event a request, 72 hours of age, 50 attributes an event of 255 characters. Dedup: `uuid`, made
of the messageId. Only a person with an id of the app's own can be tracked from a server.
Source: docs.localytics.com/dev/events-api.html and profile-api.html, read 2026-11-27. Path and schema of
the events are those of the events API's version 1 (2019).
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any
from urllib.parse import quote

from pydantic import SecretStr

from headwater.destination import Destination, DestinationSettings, Request
from headwater.destination.authorization import basic
from headwater.destination.commerce import money
from headwater.destination.flattening import flattened, scalar_text
from headwater.destination.message_id import as_uuid
from headwater.destination.reading import epoch_ms, present, traits, viewed, who
from headwater.destination.subject import Subject
from headwater.record import StoredEvent

_EVENTS = "https://analytics.localytics.com/events/v1/uploads"
_PROFILES = "https://profile.localytics.com/v1"
_SCHEMA = "https://localytics-files.s3.amazonaws.com/schemas/eventsApi/v1.json"
_MAX_ATTRIBUTES, _MAX_CHARACTERS = 50, 255

# Segment's trait → Localytics' reserved profile attribute.
_PROFILE = {
    "email": "$email",
    "firstName": "$first_name",
    "first_name": "$first_name",
    "lastName": "$last_name",
    "last_name": "$last_name",
    "name": "$full_name",
}


class Settings(DestinationSettings):
    """The organisation's API key and secret, and the app's key."""

    api_key: SecretStr
    api_secret: SecretStr
    app_key: str


def build(event: StoredEvent, settings: Settings) -> Sequence[Request]:
    """Send the event, or bring the profile up to date."""
    customer = who(event)
    if customer is None:
        return []
    if event.type == "identify":
        attributes = {_PROFILE.get(name, name): value for name, value in traits(event).items()}
        if not attributes:
            return []
        return [
            Request(
                method="PATCH",
                url=_profile(customer, settings),
                headers=basic(settings.api_key, settings.api_secret),
                json={"attributes": _attributes(attributes)},
            )
        ]
    return [
        Request(
            url=_EVENTS,
            headers=basic(settings.api_key, settings.api_secret),
            json=present(
                {
                    "schema_url": _SCHEMA,
                    "app_uuid": settings.app_key,
                    "customer_id": customer,
                    "event_name": viewed(event)[:_MAX_CHARACTERS],
                    "event_time": epoch_ms(event),
                    "uuid": as_uuid(event.message_id),
                    "attributes": _attributes(event.properties) or None,
                    "ltv_change": money(event, "revenue"),
                }
            ),
        )
    ]


def delete(subject: Subject, settings: Settings) -> Sequence[Request]:
    """Delete the profile of each of the person's ids."""
    return [
        Request(
            method="DELETE",
            url=_profile(customer, settings),
            headers=basic(settings.api_key, settings.api_secret),
        )
        for customer in subject.ids
    ]


def _profile(customer: str, settings: Settings) -> str:
    app, person = quote(settings.app_key, safe=""), quote(customer, safe="", errors="replace")
    return f"{_PROFILES}/apps/{app}/profiles/{person}"


def _attributes(entries: Mapping[str, Any]) -> Mapping[str, str]:
    flat = {name: value for name, value in flattened(entries).items() if value is not None}
    return {
        name[:_MAX_CHARACTERS]: scalar_text(value)[:_MAX_CHARACTERS]
        for name, value in list(flat.items())[:_MAX_ATTRIBUTES]
    }


DESTINATION = Destination(
    slug="localytics",
    name="Localytics",
    docs="https://docs.localytics.com/dev/events-api.html",
    settings=Settings,
    dedup="`uuid` made of the messageId",
    build=build,
    delete=delete,
    event_types=("track", "page", "screen", "identify"),
    max_age=timedelta(hours=72),
)
