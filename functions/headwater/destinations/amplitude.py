"""Amplitude: tracks as events, identify as user properties, group as group properties.

Limits: HTTP V2 takes 2,000 events under 1 MB a request, 30 events a second of one user; any age.
Dedup: `insert_id`, seven days. A 400 takes none of the batch and names the bad ones: the others are
sent again. Ids shorter than five characters are refused unless `min_id_length` says otherwise.
Source: amplitude.com/docs/apis/analytics/http-v2, read 2026-11-05.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal

import orjson
from pydantic import Field, SecretStr

from headwater.destination import Destination, DestinationSettings, Request, Result
from headwater.destination.reading import (
    at,
    campaign,
    epoch_ms,
    number,
    page,
    present,
    products,
    text,
    traits,
    viewed,
    who,
)
from headwater.destination.result import by_status, excerpt
from headwater.outcomes import Verdict
from headwater.ports import HttpResponse
from headwater.record import StoredEvent

_HOSTS = {"us": "https://api2.amplitude.com", "eu": "https://api.eu.amplitude.com"}

_CONTEXT = {
    "app_version": ("app", "version"),
    "carrier": ("network", "carrier"),
    "city": ("location", "city"),
    "country": ("location", "country"),
    "region": ("location", "region"),
    "device_manufacturer": ("device", "manufacturer"),
    "device_model": ("device", "model"),
    "idfa": ("device", "advertisingId"),
    "idfv": ("device", "id"),
    "ip": ("ip",),
    "language": ("locale",),
    "location_lat": ("location", "latitude"),
    "location_lng": ("location", "longitude"),
    "os_name": ("os", "name"),
    "os_version": ("os", "version"),
}


class Settings(DestinationSettings):
    """The project's key, where it lives, how short an id may be, what its groups are called."""

    api_key: SecretStr
    region: Literal["us", "eu"] = "us"
    min_id_length: Annotated[int, Field(ge=1, le=50)] | None = None
    group_type: str = "Company"


def build(event: StoredEvent, settings: Settings) -> Sequence[Request]:
    """Send an event, or what is known of a user or a group."""
    if who(event) is None:
        return []
    match event.type:
        case "identify":
            user = {**_names(event), "user_properties": {**traits(event), **_origin(event)}}
            return [_form(settings, "/identify", user)]
        case "group":
            return _group(event, settings)
        case _:
            return [_event(event, settings)]


def _event(event: StoredEvent, settings: Settings) -> Request:
    options = {"min_id_length": settings.min_id_length} if settings.min_id_length else None
    return Request(
        url=f"{_HOSTS[settings.region]}/2/httpapi",
        json=present({"api_key": settings.api_key.get_secret_value(), "options": options}),
        lists={
            "events": (
                present(
                    {
                        **_names(event),
                        **{name: at(event.context, *path) for name, path in _CONTEXT.items()},
                        "platform": _platform(event),
                        "event_type": viewed(event),
                        "event_properties": event.properties,
                        **_purchase(event),
                        "user_properties": _origin(event) or None,
                        "session_id": number(at(event.integrations, "Amplitude", "session_id")),
                        "time": epoch_ms(event),
                        "insert_id": event.message_id,
                    }
                ),
            )
        },
    )


def _purchase(event: StoredEvent) -> Mapping[str, Any]:
    """Say what was bought or looked at; only a completed order is revenue."""
    bought = [
        present(
            {
                "productId": text(product.get("product_id")),
                "price": number(product.get("price")),
                "quantity": number(product.get("quantity")),
            }
        )
        for product in products(event)
    ]
    if event.event != "Order Completed":
        return {"products": bought or None}
    revenue = number(event.properties.get("revenue"))
    return {
        "products": bought or None,
        "revenue": number(event.properties.get("total")) if revenue is None else revenue,
    }


def _names(event: StoredEvent) -> Mapping[str, Any]:
    """Name the user and the device: the phone's own id, else the browser's."""
    device = text(at(event.context, "device", "id")) or event.identity.anonymous_id
    return present({"user_id": event.identity.user_id, "device_id": device})


def _platform(event: StoredEvent) -> str | None:
    if text(at(event.context, "device", "type")):
        return text(at(event.context, "os", "name"))
    return "Web" if event.context.get("page") else None


def _origin(event: StoredEvent) -> Mapping[str, Any]:
    """Say where the visitor came from: now, and the first time."""
    found = {**campaign(event), **present({"referrer": text(page(event).get("referrer"))})}
    if not found:
        return {}
    return {
        "$set": found,
        "$setOnce": {f"initial_{name}": value for name, value in found.items()},
    }


def _group(event: StoredEvent, settings: Settings) -> Sequence[Request]:
    group_id = event.identity.group_id
    if group_id is None:
        return []
    group = {
        "group_type": settings.group_type,
        "group_value": group_id,
        "group_properties": event.traits,
    }
    member = {**_names(event), "groups": {settings.group_type: group_id}}
    return [_form(settings, "/identify", member), _form(settings, "/groupidentify", group)]


def _form(settings: Settings, path: str, identification: Mapping[str, Any]) -> Request:
    return Request(
        url=_HOSTS[settings.region] + path,
        form={
            "api_key": settings.api_key.get_secret_value(),
            "identification": orjson.dumps(identification).decode(),
        },
    )


def classify(response: HttpResponse) -> Result:
    """Read a 400: a wrong key, or which events of the batch were bad."""
    if response.status != 400:
        return by_status(response)
    if b"api key" in response.body.lower() or b"api_key" in response.body.lower():
        return Result(Verdict.AUTH, "invalid_api_key", excerpt(response))
    bad = _bad(response.body)
    if not bad:
        return by_status(response)
    items = {("events", at): Result(Verdict.DROP, reason) for at, reason in bad.items()}
    return Result(Verdict.RETRY, "batch_refused_for_others", wait_seconds=0.0, items=items)


def _bad(body: bytes) -> Mapping[int, str]:
    try:
        answer = json.loads(body)
        return {
            int(at): f"{reason}_{field}"
            for key, reason in (
                ("events_with_invalid_fields", "invalid"),
                ("events_with_missing_fields", "missing"),
                ("events_with_invalid_id_lengths", "too_short"),
            )
            for field, places in (answer.get(key) or {}).items()
            for at in places
        }
    except (AttributeError, TypeError, ValueError):
        return {}


DESTINATION = Destination(
    slug="amplitude",
    name="Amplitude (Actions)",
    aliases=("Amplitude", "Actions Amplitude"),
    docs="https://amplitude.com/docs/apis/analytics/http-v2",
    settings=Settings,
    dedup="`insert_id`, seven days",
    build=build,
    classify=classify,
    event_types=("track", "page", "screen", "identify", "group"),
    max_events=2_000,
    max_bytes=1_000_000,
)
