"""The device an event came from: which platform, its advertising ids, its address and browser."""

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


def read_of_user_agent(event: StoredEvent, name: str) -> str | None:
    """Return what enrichment read in the user agent (`browser`, `os` and their `…Version`), if it knew it."""
    found = text(at(event.enrichment, "userAgent", name))
    return None if found == "Other" else found


def browser(event: StoredEvent) -> dict[str, str]:
    """Name the visitor's browser under Meta's names; Snap and Pinterest took them over."""
    return present({"client_ip_address": ip(event), "client_user_agent": user_agent(event)})


def apple_and_google_ids(event: StoredEvent, on: Platform | None) -> dict[str, str]:
    """Name the device's ids as mobile attribution does: idfa and idfv, or aaid and android_id."""
    if on is None:
        return {}
    names = ("idfa", "idfv") if on == "ios" else ("aaid", "android_id")
    return present(
        dict(zip(names, (advertising_id(event), text(device(event).get("id"))), strict=True))
    )
