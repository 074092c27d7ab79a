"""Customer.io: people, their events and devices, and groups as objects, in batches of its v2 API.

Limits: 500 KB a batch, 32 KB an item, 100 requests a second; any age. Dedup: the event's `id`. A 207
names the items it refused. Moments are seconds since 1970. Its events that delete or suppress somebody
("User Deleted" …) stay events here: a page's key may send them, a privacy request is what erases.
Source: docs.customer.io/api/track (v2), read 2026-11-23.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal

from pydantic import SecretStr

from headwater.destination import Destination, DestinationSettings, Request, Result, Subject
from headwater.destination.answer import refusals
from headwater.destination.authorization import basic
from headwater.destination.device import event_platform
from headwater.destination.moments import rewritten
from headwater.destination.reading import at, mapping, page, present, text, traits, who
from headwater.destination.result import by_status
from headwater.outcomes import Verdict
from headwater.ports import HttpResponse
from headwater.record import StoredEvent

_HOSTS = {"us": "https://track.customer.io", "eu": "https://track-eu.customer.io"}
# The events that tell of a device that can be written to, and of one that no longer can.
_SEEN = {"Application Installed", "Application Opened", "Device Created or Updated"}
_GONE = {"Application Uninstalled", "Device Deleted"}
# Traits by which a call steers its objects: what they are, and what the person is to them.
_OF_OBJECTS = {"object_type_id", "objectTypeId", "objectAttributes", "relationshipAttributes"}


class Settings(DestinationSettings):
    """The workspace's Track API credentials, where it lives, the type of object that groups are."""

    site_id: SecretStr
    api_key: SecretStr
    region: Literal["us", "eu"] = "us"
    object_type_id: str = "1"


def build(event: StoredEvent, settings: Settings) -> Sequence[Request]:
    """Send one item: an event, a person, a device, an object or a merge."""
    item = _item(event, settings) if who(event) else None
    return [_batch(settings, item)] if item is not None else []


def _batch(settings: Settings, *items: Mapping[str, Any]) -> Request:
    return Request(
        url=f"{_HOSTS[settings.region]}/api/v2/batch",
        headers=basic(settings.site_id, settings.api_key),
        json={},
        lists={"batch": items},
    )


def _item(event: StoredEvent, settings: Settings) -> Mapping[str, Any] | None:
    token, identity = text(at(event.context, "device", "token")), event.identity
    match event.type:
        case "identify":
            return _identified(event, settings)
        case "group":
            return _object(event, settings)
        case "alias" if identity.user_id and identity.previous_id:
            two = {"primary": _named(identity.user_id), "secondary": _named(identity.previous_id)}
            return {"type": "person", "action": "merge", **two}
        case "alias":
            return None
        case "track" if event.event in _SEEN and token and (platform := event_platform(event)):
            return _device(event, "add_device", _seen(event, token, platform))
        case "track" if event.event in _GONE and token:
            return _device(event, "delete_device", {"token": token})
        case "page":
            name = text(page(event).get("url")) or text(event.name) or "Page"
            return _happened(event, "page", name)
        case "screen":
            return _happened(event, "screen", text(event.name) or "Screen")
        case _:
            return _happened(event, "event", text(event.event) or "Unnamed")


def _happened(event: StoredEvent, action: str, name: str) -> Mapping[str, Any]:
    item = _of_person(event, action, rewritten(event.properties, _seconds))
    return {**item, "name": name, "id": event.message_id}


def _of_person(event: StoredEvent, action: str, about: Mapping[str, Any]) -> Mapping[str, Any]:
    return {
        "type": "person",
        "action": action,
        "identifiers": _person(event),
        "timestamp": int(event.timestamp.timestamp()),
        # By it Customer.io joins what a visitor did to the person they become.
        "attributes": {**about, **present({"anonymous_id": event.identity.anonymous_id})},
    }


def _identified(event: StoredEvent, settings: Settings) -> Mapping[str, Any]:
    known = traits(event)
    person = _of_person(event, "identify", _known(known))
    if (object_id := text(known.get("objectId"))) is None:
        return person
    related = _related(known, _named_object(known, object_id, settings))
    return {**person, "cio_relationships": [related]}


def _known(about: Mapping[str, Any]) -> Mapping[str, Any]:
    return {
        "created_at" if name == "createdAt" else name: rewritten(one, _seconds)
        for name, one in about.items()
        if name not in _OF_OBJECTS
    }


def _seconds(moment: Any) -> int:
    return int(moment.timestamp())


def _person(event: StoredEvent) -> Mapping[str, Any]:
    if event.identity.user_id:
        return _named(event.identity.user_id)
    email = text(traits(event).get("email")) if event.type == "identify" else None
    return {"email": email} if email else {"anonymous_id": event.identity.anonymous_id}


def _named(user_id: str) -> Mapping[str, str]:
    """Name a person by what the id is: an address, an id of Customer.io's own, or yours."""
    if user_id.startswith("cio_"):
        return {"cio_id": user_id.removeprefix("cio_")}
    return {"email" if "@" in user_id else "id": user_id}


def _device(event: StoredEvent, action: str, device: Mapping[str, Any]) -> Mapping[str, Any]:
    return {"type": "person", "action": action, "identifiers": _person(event), "device": device}


def _seen(event: StoredEvent, token: str, platform: str) -> Mapping[str, Any]:
    version = present({"app_version": text(at(event.context, "app", "version"))})
    return {
        "token": token,
        "platform": platform,
        "last_used": int(event.timestamp.timestamp()),
        "attributes": {**rewritten(event.properties, _seconds), **version},
    }


def _object(event: StoredEvent, settings: Settings) -> Mapping[str, Any] | None:
    if event.identity.group_id is None:
        return None
    known = event.traits
    about = _known({**known, **mapping(known.get("objectAttributes"))})
    return {
        "type": "object",
        "action": "identify" if event.identity.user_id else "identify_anonymous",
        "identifiers": _named_object(known, event.identity.group_id, settings),
        "attributes": {**about, **present({"anonymous_id": event.identity.anonymous_id})},
        "cio_relationships": [_related(known, _person(event))],
    }


def _named_object(known: Mapping[str, Any], id_: str, settings: Settings) -> Mapping[str, str]:
    kind = text(known.get("object_type_id")) or text(known.get("objectTypeId"))
    return {"object_type_id": kind or settings.object_type_id, "object_id": id_}


def _related(known: Mapping[str, Any], whom: Mapping[str, Any]) -> Mapping[str, Any]:
    said = rewritten(mapping(known.get("relationshipAttributes")), _seconds)
    return {"identifiers": whom, **present({"relationship_attributes": said or None})}


def delete(subject: Subject, settings: Settings) -> Sequence[Request]:
    """Delete each person, by user id, address and anonymous id."""
    people = [
        *map(_named, subject.user_ids),
        *({"email": one} for one in subject.emails),
        *({"anonymous_id": one} for one in subject.anonymous_ids),
    ]
    items = [{"type": "person", "action": "delete", "identifiers": one} for one in people]
    return [_batch(settings, *items)] if items else []


def classify(response: HttpResponse) -> Result:
    """Read which items of a batch were refused (207); anything else by its status."""
    if response.status != 207:
        return by_status(response)
    refused = refusals(response, _refused)
    if refused is None:
        return Result(Verdict.SPLIT, "refused_in_part")
    return Result(Verdict.OK, items=refused)


def _refused(answer: Any) -> Iterator[tuple[str, Any, str, str]]:
    for one in answer["errors"]:
        yield (
            "batch",
            one["batch_index"],
            "refused_item",
            f"{one.get('field')}: {one.get('message')}",
        )


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
