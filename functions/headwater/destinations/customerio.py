"""Customer.io: people, their events, and groups as objects, in batches of its v2 API.

Limits: 500 KB a batch, 32 KB an item, 100 requests a second; any age. Dedup: the event's `id`.
A 207 names the items it refused.
Source: docs.customer.io/api/track (v2), read 2026-11-23.
"""

import json
from base64 import b64encode
from collections.abc import Mapping, Sequence
from typing import Any, Literal

from pydantic import SecretStr

from headwater.destination import Destination, DestinationSettings, Request, Result, Subject
from headwater.destination.reading import page, present, text, trait, traits, who
from headwater.destination.result import by_status
from headwater.outcomes import Verdict
from headwater.ports import HttpResponse
from headwater.record import StoredEvent

_HOSTS = {"us": "https://track.customer.io", "eu": "https://track-eu.customer.io"}


class Settings(DestinationSettings):
    """The workspace's Track API credentials, where it lives, the type of object that groups are."""

    site_id: SecretStr
    api_key: SecretStr
    region: Literal["us", "eu"] = "us"
    object_type_id: str = "1"


def build(event: StoredEvent, settings: Settings) -> Sequence[Request]:
    """Send one item: an event, a person, an object or a merge."""
    item = _item(event, settings)
    return [_batch(settings, item)] if item is not None else []


def _batch(settings: Settings, *items: Mapping[str, Any]) -> Request:
    key = f"{settings.site_id.get_secret_value()}:{settings.api_key.get_secret_value()}"
    return Request(
        url=f"{_HOSTS[settings.region]}/api/v2/batch",
        headers={"Authorization": f"Basic {b64encode(key.encode()).decode()}"},
        json={},
        lists={"batch": items},
    )


def _item(event: StoredEvent, settings: Settings) -> Mapping[str, Any] | None:
    if who(event) is None:
        return None
    match event.type:
        case "identify":
            return _of_person(event, "identify", attributes=traits(event))
        case "group":
            return _object(event, settings)
        case "alias":
            return _merge(event)
        case "page":
            name = text(page(event).get("url")) or text(event.name) or "Page"
            return _of_person(event, "page", name=name, attributes=event.properties)
        case "screen":
            name = text(event.name) or "Screen"
            return _of_person(event, "screen", name=name, attributes=event.properties)
        case _:
            name = text(event.event) or "Unnamed"
            return _of_person(event, "event", name=name, attributes=event.properties)


def _of_person(
    event: StoredEvent, action: str, *, attributes: Mapping[str, Any], name: str | None = None
) -> Mapping[str, Any]:
    return present(
        {
            "type": "person",
            "action": action,
            "name": name,
            # An identify is no event: saying it twice changes nothing.
            "id": event.message_id if name else None,
            "identifiers": _identifiers(event),
            "timestamp": int(event.timestamp.timestamp()),
            "attributes": {
                **attributes,
                # By it Customer.io joins what a visitor did to the person they become.
                **present({"anonymous_id": event.identity.anonymous_id}),
            },
        }
    )


def _identifiers(event: StoredEvent) -> Mapping[str, Any]:
    if event.identity.user_id:
        return {"id": event.identity.user_id}
    if email := text(trait(event, "email")):
        return {"email": email}
    return {"anonymous_id": event.identity.anonymous_id}


def _object(event: StoredEvent, settings: Settings) -> Mapping[str, Any] | None:
    if event.identity.group_id is None:
        return None
    return {
        "type": "object",
        "action": "identify",
        "identifiers": {
            "object_type_id": settings.object_type_id,
            "object_id": event.identity.group_id,
        },
        "attributes": event.traits,
        "cio_relationships": [{"identifiers": _identifiers(event)}],
    }


def _merge(event: StoredEvent) -> Mapping[str, Any] | None:
    primary, secondary = event.identity.user_id, event.identity.previous_id
    if primary is None or secondary is None:
        return None
    return {
        "type": "person",
        "action": "merge",
        "primary": {"id": primary},
        "secondary": {"id": secondary},
    }


def delete(subject: Subject, settings: Settings) -> Sequence[Request]:
    """Delete each person, by user id, address and anonymous id."""
    known = {
        "id": subject.user_ids,
        "email": subject.emails,
        "anonymous_id": subject.anonymous_ids,
    }
    people = [
        {"type": "person", "action": "delete", "identifiers": {name: value}}
        for name, values in known.items()
        for value in values
    ]
    return [_batch(settings, *people)] if people else []


def classify(response: HttpResponse) -> Result:
    """Read which items of a batch were refused (207); anything else by its status."""
    if response.status != 207:
        return by_status(response)
    try:
        items = {
            ("batch", int(error["batch_index"])): Result(
                Verdict.DROP, "refused_item", f"{error.get('field')}: {error.get('message')}"[:500]
            )
            for error in json.loads(response.body)["errors"]
        }
    except (AttributeError, KeyError, TypeError, ValueError):
        return Result(Verdict.SPLIT, "refused_in_part")
    return Result(Verdict.OK, items=items)


DESTINATION = Destination(
    slug="customerio",
    name="Customer.io (Actions)",
    aliases=("Customer.io",),
    docs="https://docs.customer.io/api/track/",
    settings=Settings,
    dedup="the event's `id`",
    build=build,
    classify=classify,
    delete=delete,
    max_events=1_000,
    max_bytes=500_000,
    rate=100,
)
