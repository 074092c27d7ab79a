"""Airship: events of named users in batches, traits as attributes, a group's flags as tags.

Limits: 100 events a request; events and attributes of the last 90 days; no published rate. Dedup: none;
an event is sent again only when its answer was lost. Attributes must exist in the project.
Source: docs.airship.com/api/ua, custom events, channels/attributes and named_users/tags, read 2026-11-27.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Literal

from pydantic import Field, SecretStr

from headwater.destination import Destination, DestinationSettings, Request, Subject
from headwater.destination.authorization import bearer
from headwater.destination.reading import (
    at,
    mapping,
    number,
    present,
    text,
    traits,
    user_id,
    viewed,
)
from headwater.record import StoredEvent

_HOSTS = {"us": "https://go.urbanairship.com", "eu": "https://go.airship.eu"}

# Airship's predefined attribute ← where a person's traits have it, the first that does.
_ATTRIBUTES: Mapping[str, Sequence[tuple[str, ...]]] = {
    "title": [("title",)],
    "first_name": [("first_name",), ("firstName",)],
    "last_name": [("last_name",), ("lastName",)],
    "full_name": [("full_name",), ("name",)],
    "gender": [("gender",)],
    "zipcode": [("address", "postalCode"), ("address", "postal_code")],
    "city": [("address", "city")],
    "region": [("region",), ("address", "state")],
    "country": [("address", "country")],
    "birthdate": [("birthday",), ("birthdate",)],
    "age": [("age",)],
    "mobile_phone": [("phone",)],
    "home_phone": [("home_phone",)],
    "work_phone": [("work_phone",)],
    "loyalty_tier": [("loyalty_tier",)],
    "company": [("company_name",), ("company", "name")],
    "username": [("username",)],
    "account_creation": [("account_creation",), ("createdAt",)],
    "email": [("email",)],
    "altitude": [("altitude",)],
    "latitude": [("latitude",)],
    "longitude": [("longitude",)],
}
_PHONES = {"mobile_phone", "home_phone", "work_phone"}
_DATES = {"birthdate", "account_creation"}


class Settings(DestinationSettings):
    """A bearer token, the project's app key and its data centre.

    `attributes` trait → your own attribute; `tag_group`: the group that a group call's true and false
    traits add tags to and remove them from.
    """

    access_token: SecretStr
    app_key: SecretStr
    region: Literal["us", "eu"] = "us"
    attributes: Mapping[str, str] = Field(default_factory=dict)
    tag_group: str = "segment-integration"


def build(event: StoredEvent, settings: Settings) -> Sequence[Request]:
    """Send the event, the attributes or the tags of a named user; Airship knows no visitors."""
    named_user = user_id(event)
    if named_user is None:
        return []
    audience = {"named_user_id": named_user}
    match event.type:
        case "identify":
            said = {"audience": audience, "attributes": _attributes(event, settings)}
            return [_request(settings, "/channels/attributes", said)]
        case "group":
            tags = _tags(event, settings)
            said = {"audience": audience, **tags}
            return [_request(settings, "/named_users/tags", said)] if tags else []
        case _:
            return [_request(settings, "/custom-events", None, **{"": [_event(event, audience)]})]


def _event(event: StoredEvent, audience: Mapping[str, str]) -> Mapping[str, Any]:
    body = {
        # Airship refuses capitals in a name.
        "name": viewed(event).lower(),
        "interaction_type": "cdp",
        "value": number(event.properties.get("revenue")),
        "transaction": text(event.properties.get("order_id")),
        "properties": event.properties,
    }
    return {"occurred": _second(event.timestamp), "user": audience, "body": present(body)}


def _second(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%S}"


def _attributes(event: StoredEvent, settings: Settings) -> Sequence[Mapping[str, Any]]:
    """Set what has a name in Airship; an empty trait removes it."""
    known = traits(event)
    named = {
        **present({ours: at(known, *paths[0]) for ours, paths in _ATTRIBUTES.items()}),
        **present({"advertising_id": text(at(event.context, "device", "advertisingId"))}),
    }
    # Then what other names stand in for, and the site owner's own.
    for ours, paths in _ATTRIBUTES.items():
        named.setdefault(ours, _found(known, paths[1:]))
    named |= {ours: known.get(name) for name, ours in settings.attributes.items()}
    at_second = _second(event.timestamp)
    return [
        {"action": "remove", "key": key, "timestamp": at_second}
        if value == ""
        else {"action": "set", "key": key, "value": _value(key, value), "timestamp": at_second}
        for key, value in named.items()
        if value == "" or _value(key, value) is not None
    ]


def _found(known: Mapping[str, Any], paths: Sequence[tuple[str, ...]]) -> Any:
    return next((value for path in paths if (value := at(known, *path)) is not None), None)


def _value(key: str, value: Any) -> Any:
    """Return what the attribute's type takes, or None."""
    if key in _PHONES:
        digits = re.sub(r"[^0-9]", "", text(value) or "")[:18]
        return int(digits) if digits else None
    if key in _DATES:
        try:
            return _second(datetime.fromisoformat(text(value) or ""))
        except ValueError:
            return None
    return value if isinstance(value, str | int | float | bool) else None


def _tags(event: StoredEvent, settings: Settings) -> Mapping[str, Any]:
    flags = mapping(event.traits.get("airship_tags")) or event.traits
    added = [name for name, value in flags.items() if value is True]
    removed = [name for name, value in flags.items() if value is False]
    return present(
        {
            "add": {settings.tag_group: added} if added else None,
            "remove": {settings.tag_group: removed} if removed else None,
        }
    )


def _request(
    settings: Settings, path: str, content: Mapping[str, Any] | None, **lists: Sequence[Any]
) -> Request:
    return Request(
        url=f"{_HOSTS[settings.region]}/api{path}",
        headers={
            **bearer(settings.access_token),
            "X-UA-Appkey": settings.app_key.get_secret_value(),
            "Accept": "application/vnd.urbanairship+json; version=3",
        },
        json=content,
        lists=lists,
    )


def delete(subject: Subject, settings: Settings) -> Sequence[Request]:
    """Uninstall the named users: their channels, attributes and events go."""
    if not subject.user_ids:
        return []
    said = {"named_user_id": list(subject.user_ids)}
    return [_request(settings, "/named_users/uninstall", said)]


DESTINATION = Destination(
    slug="airship",
    name="Airship (Actions)",
    aliases=("Airship", "Urban Airship"),
    docs="https://docs.airship.com/api/ua/",
    settings=Settings,
    build=build,
    delete=delete,
    event_types=("track", "page", "screen", "identify", "group"),
    max_events=100,
    max_age=timedelta(days=90),
)
