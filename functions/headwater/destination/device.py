"""The device an event came from: which platform, its advertising ids, and Meta's description of it."""

from collections.abc import Mapping
from typing import Any, Literal

from headwater.destination.reading import at, mapping, present, text
from headwater.record import StoredEvent

type Platform = Literal["ios", "android"]

_APPLE = {"ios", "ipados", "iphone os", "watchos", "tvos"}


def device(event: StoredEvent) -> Mapping[str, Any]:
    """Return `context.device`."""
    return mapping(event.context.get("device"))


def platform(*names: object) -> Platform | None:
    """Tell the platform by the first name that is one; Apple's systems count as iOS."""
    for name in names:
        word = (text(name) or "").strip().lower()
        if word == "android":
            return "android"
        if word in _APPLE:
            return "ios"
    return None


def event_platform(event: StoredEvent) -> Platform | None:
    """Tell the platform by the device's type, else by its system."""
    return platform(device(event).get("type"), at(event.context, "os", "name"))


def advertising_id(event: StoredEvent) -> str | None:
    """Return the id that advertisers know the device by (IDFA, GAID)."""
    return text(device(event).get("advertisingId"))


def ip(event: StoredEvent) -> str | None:
    """Return the address the visitor came from."""
    return text(event.context.get("ip"))


def user_agent(event: StoredEvent) -> str | None:
    """Return the browser's name for itself."""
    return text(event.context.get("userAgent"))


# Meta's `extinfo` (developers.facebook.com/docs/graph-api/reference/application/activities), which
# Snap took over: the place of each is its meaning.
_EXTINFO = (
    ("app", "namespace"),
    ("app", "build"),
    ("app", "version"),
    ("os", "version"),
    ("device", "model"),
    ("locale",),
    ("abv_timezone",),
    ("network", "carrier"),
    ("screen", "width"),
    ("screen", "height"),
    ("screen", "density"),
    ("cpu_cores",),
    ("ext_storage_size",),
    ("avl_storage_size",),
    ("timezone",),
)


def extinfo(event: StoredEvent, on: Platform) -> list[str]:
    """Describe the device in sixteen places; empty where nothing is known."""
    known = [text(at(event.context, *path)) or "" for path in _EXTINFO]
    return ["i2" if on == "ios" else "a2", *known]


def app_data(event: StoredEvent, on: Platform) -> dict[str, Any]:
    """Return what Meta and Snap require of an app's event: whether ads may track, and on what device."""
    return {
        "advertiser_tracking_enabled": int(device(event).get("attTrackingStatus") == 3),
        "application_tracking_enabled": int(device(event).get("adTrackingEnabled") is True),
        "extinfo": extinfo(event, on),
    }


def apple_and_google_ids(event: StoredEvent, on: Platform | None) -> dict[str, str]:
    """Name the device's ids as mobile attribution does: idfa and idfv, or aaid and android_id."""
    if on is None:
        return {}
    names = ("idfa", "idfv") if on == "ios" else ("aaid", "android_id")
    return present(
        dict(zip(names, (advertising_id(event), text(device(event).get("id"))), strict=True))
    )
