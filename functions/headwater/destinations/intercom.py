"""Intercom: events, people as contacts, groups as companies their people belong to.

Limits: 10,000 requests a minute an app, counted in windows of ten seconds (`X-RateLimit-Reset`); ten
metadata entries an event; any age. Dedup: Intercom drops an event of the same person, name, second and
metadata. A contact is looked up first; one that is new may exist all the same, which a 409 says. An event
of a person Intercom does not know is a 404: send it `identify` calls too.
Source: developers.intercom.com, data events, contacts and companies (2.11), read 2026-11-27.
"""

import re
from collections.abc import Generator, Mapping, Sequence
from typing import Any, Literal

from pydantic import Field, SecretStr

from headwater.destination import Destination, DestinationSettings, Request, Subject, Unsendable
from headwater.destination.answer import accepted, said
from headwater.destination.authorization import bearer
from headwater.destination.reading import (
    at,
    email,
    epoch,
    full_name,
    number,
    present,
    text,
    traits,
    viewed,
)
from headwater.ports import HttpResponse
from headwater.record import StoredEvent

_HOSTS = {
    "us": "https://api.intercom.io",
    "eu": "https://api.eu.intercom.io",
    "au": "https://api.au.intercom.io",
}
_VERSION = "2.11"

# A contact's id is put into a path, so it must be nothing but an id.
_ID = r"[\w-]{1,100}"
_EXISTS_AS = r"\bid=([\w-]{1,100})"

# Properties that Intercom wants elsewhere: the person, and a price in cents.
_APART = ("email", "revenue", "currency")


class Settings(DestinationSettings):
    """An access token, the workspace's region, and trait → custom attribute, which must exist there."""

    access_token: SecretStr
    region: Literal["us", "eu", "au"] = "us"
    custom_attributes: Mapping[str, str] = Field(default_factory=dict)


type _Asking = Generator[Request, HttpResponse, Sequence[Request] | Unsendable]


def build(event: StoredEvent, settings: Settings) -> Sequence[Request] | _Asking:
    """Send the event, or bring the contact or the company up to date."""
    match event.type:
        case "identify" if event.identity.user_id or email(event):
            return _contact(event, settings)
        case "group" if event.identity.group_id:
            return _company(event, settings)
        case "track" | "page" | "screen" if event.identity.user_id or not email(event):
            return _event(event, settings, {"user_id": _visitor(event)})
        case "track" | "page" | "screen":
            return _event_of_address(event, settings)
        case _:
            return []


def _visitor(event: StoredEvent) -> str | None:
    return event.identity.user_id or event.identity.anonymous_id


def _event(event: StoredEvent, settings: Settings, person: Mapping[str, Any]) -> Sequence[Request]:
    if not any(person.values()):
        return []
    said = {
        **person,
        "email": email(event),
        "event_name": viewed(event),
        "created_at": int(event.timestamp.timestamp()),
        "metadata": _metadata(event),
    }
    return [_request(settings, "/events", present(said))]


def _event_of_address(event: StoredEvent, settings: Settings) -> _Asking:
    """Find the one contact with this address: a lead has no user id to be named by."""
    found = yield from _search(event, settings)
    if found is None:
        return Unsendable("contact_unknown")
    return _event(event, settings, {"id": found})


def _metadata(event: StoredEvent) -> Mapping[str, Any]:
    said = {name: value for name, value in event.properties.items() if name not in _APART}
    revenue = number(event.properties.get("revenue"))
    if revenue is None:
        return said
    currency = text(event.properties.get("currency")) or "USD"
    return {**said, "price": {"amount": round(revenue * 100), "currency": currency}}


def _contact(event: StoredEvent, settings: Settings) -> _Asking:
    contact = _attributes(event, settings)
    there = yield from _search(event, settings)
    if there is None:
        answer = yield _request(settings, "/contacts", contact)
        if accepted(answer):
            return []
        # The search lags behind; the refusal names the contact that exists.
        named = re.search(_EXISTS_AS, answer.body.decode("utf-8", "replace"))
        if answer.status != 409 or named is None:
            return Unsendable(f"contact_http_{answer.status}")
        there = named[1]
    return [_request(settings, f"/contacts/{there}", contact, method="PUT")]


def _attributes(event: StoredEvent, settings: Settings) -> Mapping[str, Any]:
    known = traits(event)
    own = {
        ours: known[name]
        for name, ours in settings.custom_attributes.items()
        if isinstance(known.get(name), str | int | float | bool)
    }
    return present(
        {
            "role": "user",
            "external_id": event.identity.user_id,
            "email": email(event),
            "phone": text(known.get("phone")),
            "name": full_name(known),
            "avatar": text(known.get("avatar")),
            "signed_up_at": epoch(known.get("createdAt")),
            "last_seen_at": int(event.timestamp.timestamp()),
            "custom_attributes": own or None,
        }
    )


def _company(event: StoredEvent, settings: Settings) -> _Asking:
    """Create or update the company, then attach the contact, if there is one."""
    known = event.traits
    contact = yield from _search(event, settings)
    company = {
        "company_id": event.identity.group_id,
        "name": text(known.get("name")),
        "remote_created_at": epoch(known.get("createdAt")),
        "monthly_spend": number(known.get("monthly_spend")),
        "plan": text(known.get("plan")),
        "size": number(known.get("employees")),
        "website": text(known.get("website")),
        "industry": text(known.get("industry")),
    }
    answer = yield _request(settings, "/companies", present(company))
    if not accepted(answer):
        return Unsendable(f"company_http_{answer.status}")
    there = _id(said(answer))
    if contact is None or there is None:
        return []
    return [_request(settings, f"/contacts/{contact}/companies", {"id": there})]


def _search(event: StoredEvent, settings: Settings) -> Generator[Request, HttpResponse, str | None]:
    """Find the one contact that is this person; several are none."""
    known = event.identity.user_id
    field, value = ("external_id", known) if known else ("email", email(event))
    found = (yield from _contacts(field, value, settings)) if value else []
    return found[0] if len(found) == 1 else None


def _contacts(
    field: str, value: str, settings: Settings
) -> Generator[Request, HttpResponse, Sequence[str]]:
    query = {"field": field, "operator": "=", "value": value}
    found = at(said((yield _request(settings, "/contacts/search", {"query": query}))), "data")
    return [there for one in found if (there := _id(one))] if isinstance(found, list) else []


def _id(entry: Any) -> str | None:
    there = text(at(entry, "id"))
    return there if there and re.fullmatch(_ID, there) else None


def _request(
    settings: Settings, path: str, content: Mapping[str, Any] | None, *, method: str = "POST"
) -> Request:
    return Request(
        method=method,
        url=_HOSTS[settings.region] + path,
        headers={
            **bearer(settings.access_token),
            "Intercom-Version": _VERSION,
            "Accept": "application/json",
        },
        json=content,
    )


def delete(subject: Subject, settings: Settings) -> _Asking:
    """Delete every contact that has one of the ids or addresses; Intercom destroys it in seven days."""
    known = [("external_id", one) for one in subject.ids]
    known += [("email", one) for one in subject.emails]
    found: dict[str, None] = {}
    for field, value in known:
        found |= dict.fromkeys((yield from _contacts(field, value, settings)))
    return [_request(settings, f"/contacts/{one}", None, method="DELETE") for one in found]


DESTINATION = Destination(
    slug="intercom",
    name="Intercom Cloud Mode (Actions)",
    aliases=("Intercom",),
    docs="https://developers.intercom.com/docs/references/rest-api/api.intercom.io/data-events",
    settings=Settings,
    dedup="person, name, second and metadata together",
    build=build,
    delete=delete,
    event_types=("track", "page", "screen", "identify", "group"),
    rate=166,
)
