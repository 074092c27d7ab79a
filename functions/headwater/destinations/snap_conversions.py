"""Snap Conversions API v3: tracks and pages as events of a pixel or of an app, people hashed.

Limits: 2,000 events a request, seven days of age (37 with less use for campaigns). Dedup: `event_id`.
Each event needs an e-mail address, a telephone number, an advertising id, or both IP address and user
agent. Snap has no custom names: a track that is none of its own events is not sent.
Source: developers.snap.com/api/marketing-api/Conversions-API/UsingTheAPI, read 2026-11-27.
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, Self

from pydantic import SecretStr, model_validator

from headwater.destination import Destination, DestinationSettings, Request, Unsendable
from headwater.destination.commerce import known_products, money, shopped
from headwater.destination.device import (
    Platform,
    advertising_id,
    browser,
    device,
    event_platform,
)
from headwater.destination.extinfo import app_data
from headwater.destination.hashing import hashed, match_keys
from headwater.destination.limited_data_use import limited_data_use
from headwater.destination.options import click_id, options
from headwater.destination.reading import epoch_ms, number, page, page_url, present, text, who
from headwater.destination.result import by_status_where_settings_lead
from headwater.record import StoredEvent

_NAMES = ("Snap Conversions Api", "Snapchat Conversions API")

# Segment's spec → Snap's events. A track may also carry one of Snap's own names.
EVENTS = {
    "Payment Info Entered": "ADD_BILLING",
    "Product Added": "ADD_CART",
    "Product Added to Wishlist": "ADD_TO_WISHLIST",
    "Application Installed": "APP_INSTALL",
    "Application Opened": "APP_OPEN",
    "Product List Viewed": "LIST_VIEW",
    "Signed In": "LOGIN",
    "Order Completed": "PURCHASE",
    "Products Searched": "SEARCH",
    "Product Shared": "SHARE",
    "Signed Up": "SIGN_UP",
    "Checkout Started": "START_CHECKOUT",
    "Product Viewed": "VIEW_CONTENT",
    "Promotion Clicked": "AD_CLICK",
    "Promotion Viewed": "AD_VIEW",
    "Trial Started": "START_TRIAL",
    "Subscription Created": "SUBSCRIBE",
}
_OWN = frozenset(
    [
        *EVENTS.values(),
        "PAGE_VIEW",
        "SAVE",
        "ACHIEVEMENT_UNLOCKED",
        "COMPLETE_TUTORIAL",
        "INVITE",
        "LEVEL_COMPLETE",
        "RATE",
        "RESERVE",
        "SPENT_CREDITS",
        *(f"CUSTOM_EVENT_{number}" for number in range(1, 6)),
    ]
)


class Settings(DestinationSettings):
    """A token, a pixel's id for sites, and for apps Snap's app id with the store's own."""

    access_token: SecretStr
    pixel_id: str | None = None
    snap_app_id: str | None = None
    app_id: str | None = None
    test_event_code: str | None = None
    limited_data_use: bool = False

    @model_validator(mode="after")
    def _somewhere(self) -> Self:
        if self.pixel_id is None and self.snap_app_id is None:
            raise ValueError("set pixel_id (a site), snap_app_id (an app), or both")
        return self


def build(event: StoredEvent, settings: Settings) -> Sequence[Request] | Unsendable:
    """Send one event to the pixel, or to the app it happened in."""
    name = _name(event)
    if name is None or who(event) is None:
        return []
    person = _person(event)
    if not (
        _MATCHING & person.keys() or {"client_ip_address", "client_user_agent"} <= person.keys()
    ):
        return Unsendable("no_match_key")
    on = event_platform(event) if settings.snap_app_id and not page(event) else None
    target = settings.snap_app_id if on else settings.pixel_id
    if target is None:
        return Unsendable("no_pixel_for_a_site")
    return [
        Request(
            url=f"https://tr.snapchat.com/v3/{target}/events",
            params={"access_token": settings.access_token.get_secret_value()},
            json=present({"test_event_code": settings.test_event_code}),
            lists={"data": (_event(event, settings, name, person, on),)},
        )
    ]


_MATCHING = {"em", "ph", "madid"}


def _name(event: StoredEvent) -> str | None:
    if event.type == "page":
        return "PAGE_VIEW"
    name = event.event or ""
    return EVENTS.get(name, name if name in _OWN else None)


def _event(
    event: StoredEvent,
    settings: Settings,
    name: str,
    person: Mapping[str, Any],
    on: Platform | None,
) -> Mapping[str, Any]:
    return present(
        {
            "event_name": name,
            "event_time": epoch_ms(event),
            "event_id": event.message_id,
            "event_source_url": page_url(event),
            "action_source": "app" if on else "website",
            "user_data": person,
            "custom_data": _custom_data(event) or None,
            "app_data": present({"app_id": settings.app_id, **app_data(event, on)}) if on else None,
            **limited_data_use(event, always=settings.limited_data_use),
        }
    )


def _person(event: StoredEvent) -> Mapping[str, Any]:
    own = options(event, *_NAMES)
    keys: dict[str, Any] = match_keys(event)
    # Snap takes these two as lists, all others as they are.
    keys.update({name: [keys[name]] for name in ("em", "ph") if name in keys})
    maid = advertising_id(event)
    return {
        **keys,
        **present(
            {
                "external_id": [hashed(who(event))],
                **browser(event),
                "madid": maid.lower() if maid else None,
                "idfv": text(device(event).get("id")) if event_platform(event) == "ios" else None,
                "sc_click_id": text(own.get("click_id")) or click_id(event, "ScCid"),
                "sc_cookie1": text(own.get("uuid_c1")),
            }
        ),
    }


def _custom_data(event: StoredEvent) -> Mapping[str, Any]:
    if event.type == "page":
        return {}
    bought = known_products(event)
    several = "products" in event.properties
    return present(
        {
            "brands": [text(product.get("brand")) or "" for product in bought] or None,
            "content_category": [text(product.get("category")) or "" for product in bought] or None,
            **shopped(event),
            "num_items": (len(bought) or None)
            if several
            else number(event.properties.get("quantity")),
            "sign_up_method": text(event.properties.get("method"))
            if event.event == "Signed Up"
            else None,
            "value": money(event, "revenue", "total", "value", "price"),
        }
    )


DESTINATION = Destination(
    slug="snap_conversions",
    name=_NAMES[0],
    aliases=_NAMES[1:],
    docs="https://developers.snap.com/api/marketing-api/Conversions-API/UsingTheAPI",
    settings=Settings,
    dedup="`event_id`",
    build=build,
    classify=by_status_where_settings_lead,
    event_types=("track", "page"),
    max_events=2_000,
    max_bytes=1_000_000,
    max_age=timedelta(days=7),
    consent=("Advertising",),
    advertising=True,
)
