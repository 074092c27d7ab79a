"""Kochava: tracks and screens as post-install events of a device.

Limits: one event a request. No dedup key. The device is Kochava's own id of it, or the id the event
names it by. Its erasure (Data Subject Request API) takes advertising ids, which no deletion has.
Source: support.kochava.com/server-to-server-integration/post-install-event-setup, read 2026-11-23, and
support.kochava.com/?p=35485 (Data Subject Request API), read 2026-11-28.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import SecretStr

from headwater.destination import Destination, DestinationSettings, Request, Unsendable
from headwater.destination.commerce import currency
from headwater.destination.device import advertising_id, device, ip, platform, user_agent
from headwater.destination.options import external_id
from headwater.destination.reading import at, epoch_ms, mapping, number, present, text
from headwater.record import StoredEvent

# Segment's spec → Kochava's standard events; the names are compared in lower case.
EVENTS = {
    "product added": "Add to Cart",
    "product added to wishlist": "Add to Wishlist",
    "checkout started": "Checkout Start",
    "order completed": "Purchase",
    "product reviewed": "Rating",
    "products searched": "Search",
}


class Settings(DestinationSettings):
    """The app's GUID."""

    app_guid: SecretStr


def build(event: StoredEvent, settings: Settings) -> Sequence[Request] | Unsendable:
    """Send one event of the device it came from."""
    device_id = (
        external_id(event, "kochavaDeviceId")
        or text(device(event).get("id"))
        or event.identity.anonymous_id
    )
    if device_id is None:
        return Unsendable("no_device_id")
    return [
        Request(
            url="https://control.kochava.com/track/json",
            json={
                "action": "event",
                "kochava_app_id": settings.app_guid.get_secret_value(),
                "kochava_device_id": device_id,
                "data": _data(event),
            },
        )
    ]


def _data(event: StoredEvent) -> Mapping[str, Any]:
    app, system = (mapping(event.context.get(key)) for key in ("app", "os"))
    names = (
        text(device(event).get("model")),
        text(system.get("name")),
        text(system.get("version")),
    )
    return present(
        {
            "event_name": _name(event),
            "event_data": event.properties,
            "usertime": epoch_ms(event),
            "currency": currency(event) or "USD",
            "origination_ip": ip(event),
            "device_ua": user_agent(event) or "",
            "device_ver": "-".join(filter(None, names)) if all(names) else "",
            "device_ids": _device_ids(event),
            "app_tracking_transparency": {"att": device(event).get("attTrackingStatus") == 3},
            "app_name": text(app.get("name")),
            "app_version": text(app.get("build")),
            "app_short_string": text(app.get("version")),
            "locale": text(event.context.get("locale")),
            "os_version": text(system.get("version")),
            "screen_dpi": number(at(event.context, "screen", "density")),
        }
    )


def _name(event: StoredEvent) -> str:
    if event.type == "screen":
        name = text(event.properties.get("name")) or text(event.name)
        return f"screen view {name}" if name else "screen view"
    name = text(event.event) or "Unnamed"
    return EVENTS.get(name.lower(), name)


def _device_ids(event: StoredEvent) -> Mapping[str, str]:
    """Name the device's ids by its system; Kochava wants all four, empty where they are not."""
    on = platform(at(event.context, "os", "name"))
    advertising = advertising_id(event) or ""
    own = text(device(event).get("id")) or event.identity.anonymous_id or ""
    return {
        "idfa": advertising if on == "ios" else "",
        "idfv": own if on == "ios" else "",
        "adid": advertising if on == "android" else "",
        "android_id": own if on == "android" else "",
    }


DESTINATION = Destination(
    slug="kochava",
    name="Kochava",
    docs="https://support.kochava.com/server-to-server-integration/post-install-event-setup",
    settings=Settings,
    build=build,
    event_types=("track", "screen"),
    consent=("Advertising",),
    advertising=True,
)
