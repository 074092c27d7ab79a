"""HubSpot: people as contacts, groups as companies, the events you name as custom behavioural events.

Limits: 100 to 250 requests in ten seconds for an app, by its tier (10 a second here); any age. Dedup: an
event's `uuid`; a contact is its e-mail address. What HubSpot has no property for, it refuses: only its
own names and those you map are sent. A 404 says that the contact is new.
Source: developers.hubspot.com, CRM contacts (with gdpr-delete) and events/v3/send, read 2026-11-27.
"""

import re
from collections.abc import Generator, Mapping, Sequence
from typing import Any
from urllib.parse import quote

from pydantic import Field, SecretStr

from headwater.destination import Destination, DestinationSettings, Request, Subject, Unsendable
from headwater.destination.answer import accepted
from headwater.destination.authorization import bearer
from headwater.destination.flattening import json_text
from headwater.destination.reading import at, email, mapping, present, text, traits
from headwater.ports import HttpResponse
from headwater.record import StoredEvent, to_iso

_API = "https://api.hubapi.com"
_INTERNAL_NAME = r"pe\d+_\w+"

# Segment's trait → HubSpot's own property.
_CONTACT = {
    "firstName": "firstname",
    "first_name": "firstname",
    "lastName": "lastname",
    "last_name": "lastname",
    "phone": "phone",
    "website": "website",
}
_ADDRESS = {
    "street": "address",
    "city": "city",
    "state": "state",
    "country": "country",
    "postal_code": "zip",
    "postalCode": "zip",
}
_COMPANY = {
    "name": "name",
    "domain": "domain",
    "website": "website",
    "phone": "phone",
    "industry": "industry",
    "employees": "numberofemployees",
    "description": "description",
}


class Settings(DestinationSettings):
    """A private app's token, and your names for what HubSpot holds.

    `contact_properties` trait → property, `company_properties` group trait → property, `events` event
    name → internal name (`pe123_signed_up`), `event_properties` property → event property, and
    `company_id_property`: the unique company property that holds the groupId.
    """

    access_token: SecretStr
    contact_properties: Mapping[str, str] = Field(default_factory=dict)
    company_properties: Mapping[str, str] = Field(default_factory=dict)
    company_id_property: str | None = None
    events: Mapping[str, str] = Field(default_factory=dict)
    event_properties: Mapping[str, str] = Field(default_factory=dict)


type _Asking = Generator[Request, HttpResponse, Sequence[Request] | Unsendable]


def build(event: StoredEvent, settings: Settings) -> Sequence[Request] | _Asking:
    """Send the event, or create or update the contact or the company."""
    match event.type:
        case "identify" if (address := email(event)) is not None:
            return _upsert("contacts", "email", address, _contact(event, settings), settings)
        case "group" if event.identity.group_id and settings.company_id_property:
            company = {
                **_named(event.traits, {**_COMPANY, **settings.company_properties}),
                settings.company_id_property: event.identity.group_id,
            }
            key = settings.company_id_property
            return _upsert("companies", key, event.identity.group_id, company, settings)
        case "track":
            return _event(event, settings)
        case _:
            return []


def _upsert(
    kind: str, key: str, value: str, properties: Mapping[str, Any], settings: Settings
) -> _Asking:
    """Update what has that key; create it when there is none."""
    answer = yield _request(
        settings,
        f"/crm/v3/objects/{kind}/{quote(value, safe='@')}",
        {"properties": properties},
        method="PATCH",
        params={"idProperty": key},
    )
    if answer.status == 404:
        return [_request(settings, f"/crm/v3/objects/{kind}", {"properties": properties})]
    return [] if accepted(answer) else Unsendable(f"{kind}_http_{answer.status}")


def _contact(event: StoredEvent, settings: Settings) -> Mapping[str, Any]:
    known = traits(event)
    company = known.get("company")
    return {
        **_named(mapping(known.get("address")), _ADDRESS),
        **_named(known, {**_CONTACT, **settings.contact_properties}),
        **present({"company": text(at(company, "name")) or text(company)}),
        "email": email(event),
    }


def _event(event: StoredEvent, settings: Settings) -> Sequence[Request]:
    """Send an event that HubSpot knows: one you named, or one that has its internal name already."""
    said = text(event.event) or ""
    name = settings.events.get(said) or (said if re.fullmatch(_INTERNAL_NAME, said) else None)
    utk = text(event.properties.get("utk"))
    if name is None or not (email(event) or utk):
        return []
    content = {
        "eventName": name,
        "occurredAt": to_iso(event.timestamp),
        "email": email(event),
        "utk": utk,
        "uuid": event.message_id,
        "properties": _named(event.properties, settings.event_properties),
    }
    return [_request(settings, "/events/v3/send", present(content))]


def _named(entries: Mapping[str, Any], names: Mapping[str, str]) -> Mapping[str, Any]:
    """Rename what has a name in HubSpot; lists become `a;b`, objects JSON."""
    return {ours: _flat(entries[name]) for name, ours in names.items() if _says(entries.get(name))}


def _says(value: Any) -> bool:
    return value is not None and value != ""


def _flat(value: Any) -> Any:
    if isinstance(value, list):
        return ";".join(str(_flat(inner)) for inner in value)
    return json_text(value) if isinstance(value, Mapping) else value


def _request(
    settings: Settings,
    path: str,
    content: Mapping[str, Any],
    *,
    method: str = "POST",
    params: Mapping[str, str] | None = None,
) -> Request:
    return Request(
        method=method,
        url=_API + path,
        headers=bearer(settings.access_token),
        params=params or {},
        json=content,
    )


def delete(subject: Subject, settings: Settings) -> Sequence[Request]:
    """Erase each contact for good, and bar its address from coming back (HubSpot's GDPR delete)."""
    return [
        _request(
            settings,
            "/crm/v3/objects/contacts/gdpr-delete",
            {"objectId": address, "idProperty": "email"},
        )
        for address in subject.emails
    ]


DESTINATION = Destination(
    slug="hubspot",
    name="HubSpot Cloud Mode (Actions)",
    aliases=("HubSpot",),
    docs="https://developers.hubspot.com/docs/api-reference/crm-contacts-v3/guide",
    settings=Settings,
    dedup="an event's `uuid`; a contact is its address",
    build=build,
    delete=delete,
    event_types=("track", "identify", "group"),
    rate=10,
)
