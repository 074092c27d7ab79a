"""MoEngage: events and people of one customer id, their devices, and merges of two ids.

Limits: one person or event a request here, names of 200 and values of 512 characters, 100 attributes an
event, 512 kinds of event; any age. No dedup key. An attribute is a scalar, so what is nested is named
by its path (`products[0].sku`). A deletion takes a day; a person's events stay, and nobody can reach them.
Source: developers.moengage.com, Data API (user, event, device, merge, delete), read 2026-11-27; data
centres: help.moengage.com/hc/en-us/articles/360057030512.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from pydantic import SecretStr

from headwater.destination import Destination, DestinationSettings, Request, Subject
from headwater.destination.authorization import basic
from headwater.destination.device import platform
from headwater.destination.flattening import flattened
from headwater.destination.reading import at, number, present, text, traits, user_id, viewed
from headwater.record import StoredEvent, to_iso

_CENTRES = {"us": "01", "eu": "02", "in": "03", "dc4": "04", "dc5": "05", "dc6": "06"}

# Segment's trait → MoEngage's own user attribute; `createdAt` is kept under its own name as well.
_PROFILE = {
    "firstName": "first_name",
    "firstname": "first_name",
    "first_name": "first_name",
    "lastName": "last_name",
    "lastname": "last_name",
    "last_name": "last_name",
    "lastSeen": "last_seen",
    "moeUnsubscribe": "moe_unsubscribe",
}
_APART = {*_PROFILE, "id", "_id"}


class Settings(DestinationSettings):
    """The workspace id (app id), the Data API's key, and the data centre."""

    app_id: SecretStr
    api_key: SecretStr
    region: Literal["us", "eu", "in", "dc4", "dc5", "dc6"] = "us"


def build(event: StoredEvent, settings: Settings) -> Sequence[Request]:
    """Send the event, the person with their device, or the merge."""
    if event.type == "alias":
        return _merged(event, settings)
    customer = user_id(event) or event.identity.anonymous_id
    if customer is None:
        return []
    if event.type == "identify":
        known = {"type": "customer", "customer_id": customer, "attributes": _profile(event)}
        return [_request(settings, "customer", known), *_device(event, settings, customer)]
    said = {"type": "event", "customer_id": customer, "actions": [_action(event)]}
    return [_request(settings, "event", said)]


def _action(event: StoredEvent) -> Mapping[str, Any]:
    return present(
        {
            "action": viewed(event),
            "attributes": _flat(event.properties),
            "platform": _platform(event) or ("web" if event.source.kind == "browser" else None),
            "app_version": text(at(event.context, "app", "version")),
            "current_time": to_iso(event.timestamp),
        }
    )


def _profile(event: StoredEvent) -> Mapping[str, Any]:
    known = traits(event)
    own = {ours: known[name] for name, ours in _PROFILE.items() if known.get(name) is not None}
    others = {name: value for name, value in known.items() if name not in _APART}
    return present(
        {
            **_flat({**others, **own}),
            "age": number(known.get("age")),
            "created_time": text(known.get("createdAt")),
        }
    )


def _device(event: StoredEvent, settings: Settings, customer: str) -> Sequence[Request]:
    """Register the device of an app that can be pushed to."""
    token = text(at(event.context, "device", "token"))
    system = _platform(event)
    if token is None or system is None:
        return []
    attributes = {
        "platform": system,
        "push_id": token,
        "model": text(at(event.context, "device", "model")),
        "app_version": text(at(event.context, "app", "version")),
        "os_version": text(at(event.context, "os", "version")),
        "active": event.properties.get("active"),
    }
    said = {"type": "device", "customer_id": customer, "attributes": present(attributes)}
    return [_request(settings, "device", said)]


def _platform(event: StoredEvent) -> str | None:
    kind = text(at(event.context, "device", "type"))
    return "iOS" if platform(kind) == "ios" else kind


def _flat(entries: Mapping[str, Any]) -> dict[str, Any]:
    return present(flattened(entries, index="[{}]"))


def _merged(event: StoredEvent, settings: Settings) -> Sequence[Request]:
    kept, merged = event.identity.user_id, event.identity.previous_id
    if not (kept and merged):
        return []
    pairs = {"merge_data": [{"retained_user": kept, "merged_user": merged}]}
    return [_request(settings, "customer/merge", pairs)]


def _request(settings: Settings, path: str, content: Mapping[str, Any]) -> Request:
    app_id = settings.app_id.get_secret_value()
    host = f"https://api-{_CENTRES[settings.region]}.moengage.com/v1"
    in_query = path in ("customer/merge", "customer/delete")
    return Request(
        url=f"{host}/{path}" if in_query else f"{host}/{path}/{app_id}",
        headers={**basic(settings.app_id, settings.api_key), "MOE-APPKEY": app_id},
        params={"app_id": app_id} if in_query else {},
        json=content,
    )


def delete(subject: Subject, settings: Settings) -> Sequence[Request]:
    """Delete the customer of each of the person's ids."""
    path, kind = "customer/delete", {"identity_type": "customer_id"}
    return [_request(settings, path, {**kind, "identity_value": one}) for one in subject.ids]


DESTINATION = Destination(
    slug="moengage",
    name="MoEngage (Actions)",
    aliases=("MoEngage",),
    docs="https://developers.moengage.com/hc/en-us/categories/4404541620756-API",
    settings=Settings,
    build=build,
    delete=delete,
    event_types=("track", "page", "screen", "identify", "alias"),
    max_bytes=100_000,
)
