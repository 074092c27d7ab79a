"""Meta's description of an app's device in sixteen places, which Snap took over.

Source: developers.facebook.com/docs/graph-api/reference/application/activities, `extinfo`.
"""

from collections.abc import Sequence
from typing import Any

from headwater.destination.device import Platform, device
from headwater.destination.reading import at, number, text
from headwater.record import StoredEvent

# The place of each is its meaning; the first place tells the platform.
_PLACES = (
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
# The places that App Events wants as whole numbers, and that of the screen's density.
_WHOLE, _DENSITY = (9, 10, 12, 13, 14), 11


def extinfo(event: StoredEvent, on: Platform) -> list[str]:
    """Describe the device as text; empty where nothing is known."""
    known = [text(at(event.context, *path)) or "" for path in _PLACES]
    return ["i2" if on == "ios" else "a2", *known]


def typed_extinfo(event: StoredEvent, on: Platform) -> Sequence[str | int]:
    """Describe the device with numbers where App Events has numbers, 0 where none is known."""
    places = extinfo(event, on)
    typed: list[str | int] = list(places)
    for place in _WHOLE:
        typed[place] = int(number(places[place]) or 0)
    density = number(places[_DENSITY])
    typed[_DENSITY] = f"{density:.2f}" if density is not None else ""
    return typed


def app_data(event: StoredEvent, on: Platform) -> dict[str, Any]:
    """Return what Meta and Snap require of an app's event: whether ads may track, and on what device."""
    return {
        "advertiser_tracking_enabled": int(device(event).get("attTrackingStatus") == 3),
        "application_tracking_enabled": int(device(event).get("adTrackingEnabled") is True),
        "extinfo": extinfo(event, on),
    }
