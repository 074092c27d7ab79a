"""Facebook App Events (legacy): tracks, screens and pages of an app, people hashed.

Meta keeps this interface and no longer develops it: for a new set-up use `meta_conversions`.
Limits: one event a request here, names of 40 letters, digits, `_`, `-` and spaces, seven days of age. No
dedup key.
Source: developers.facebook.com/docs/graph-api/reference/application/activities, read 2026-11-23.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from pydantic import SecretStr

from headwater.destination import Destination, DestinationSettings, Request, Unsendable
from headwater.destination.commerce import money
from headwater.destination.device import advertising_id, device, event_platform, ip
from headwater.destination.extinfo import typed_extinfo
from headwater.destination.flattening import json_text
from headwater.destination.graph import GRAPH, by_graph_error
from headwater.destination.hashing import match_keys
from headwater.destination.reading import epoch_ms, present, products, text
from headwater.record import StoredEvent

_NAME = r"[0-9a-zA-Z_][0-9a-zA-Z _-]{0,39}"
_ADDRESS = r"[0-9A-Fa-f:.]{2,45}"

# Segment's spec → Meta's app events.
EVENTS = {
    "Application Installed": "MOBILE_APP_INSTALL",
    "Application Opened": "fb_mobile_activate_app",
    "Products Searched": "fb_mobile_search",
    "Product Viewed": "fb_mobile_content_view",
    "Product Added": "fb_mobile_add_to_cart",
    "Product Added to Wishlist": "fb_mobile_add_to_wishlist",
    "Payment Info Entered": "fb_mobile_add_payment_info",
    "Checkout Started": "fb_mobile_initiated_checkout",
    "Order Completed": "fb_mobile_purchase",
}
_PARAMETERS = {
    "currency": "fb_currency",
    "name": "fb_description",
    "category": "fb_content_type",
    "query": "fb_search_string",
    "quantity": "fb_num_items",
}


class Settings(DestinationSettings):
    """The app's id, and a token where the app asks for one."""

    app_id: str
    access_token: SecretStr | None = None


def build(event: StoredEvent, settings: Settings) -> Sequence[Request] | Unsendable:
    """Send one custom app event."""
    on = event_platform(event)
    if on is None:
        return Unsendable("no_device")
    name = _name(event)
    if not re.fullmatch(_NAME, name):
        return Unsendable("invalid_event_name")
    person = _person(event)
    if not person:
        return Unsendable("no_match_key")
    address, key = ip(event) or "", settings.access_token
    return [
        Request(
            url=f"{GRAPH}/{settings.app_id}/activities",
            headers={"X-Forwarded-For": address} if re.fullmatch(_ADDRESS, address) else {},
            form={
                "event": "CUSTOM_APP_EVENTS",
                **person,
                "advertiser_tracking_enabled": _flag(device(event).get("adTrackingEnabled")),
                "application_tracking_enabled": _flag(
                    event.properties.get("application_tracking_enabled")
                ),
                "extinfo": json_text(typed_extinfo(event, on)),
                "custom_events": json_text([_event(event, name)]),
                **({"access_token": key.get_secret_value()} if key else {}),
            },
        )
    ]


def _name(event: StoredEvent) -> str:
    if event.type == "page":
        return "Viewed Page"
    if event.type == "screen":
        name = text(event.properties.get("name")) or text(event.name) or ""
        viewed = f"Viewed {name} Screen"
        return viewed if name and re.fullmatch(_NAME, viewed) else "Viewed Screen"
    name = text(event.event) or ""
    return EVENTS.get(name, name)


def _person(event: StoredEvent) -> Mapping[str, str]:
    known = {f"ud[{name}]": value for name, value in match_keys(event).items()}
    found = present({**known, "advertiser_id": advertising_id(event)})
    if not found:
        # The device's own id only where Meta has no other to match.
        found = present({"anon_id": event.identity.anonymous_id})
    return present({**found, "app_user_id": event.identity.user_id}) if found else {}


def _event(event: StoredEvent, name: str) -> Mapping[str, Any]:
    own = {
        _PARAMETERS.get(key) or _key(key): value
        for key, value in event.properties.items()
        if key not in ("products", "revenue") and value is not None and _key(key)
    }
    bought = [found for product in products(event) if (found := text(product.get("product_id")))]
    return {
        **own,
        **present(
            {
                "_valueToSum": money(event, "revenue"),
                "fb_content_id": bought if "products" in event.properties else None,
            }
        ),
        "_eventName": name,
        "_logTime": epoch_ms(event) // 1000,
    }


def _key(name: str) -> str:
    return re.sub(r"[^\w -]", "", name, flags=re.ASCII)[:40].strip()


def _flag(value: object) -> str:
    return "1" if value in (True, 1, "1", "true") else "0"


DESTINATION = Destination(
    slug="facebook_app_events",
    name="Facebook App Events",
    docs="https://developers.facebook.com/docs/graph-api/reference/application/activities",
    settings=Settings,
    build=build,
    classify=by_graph_error,
    event_types=("track", "page", "screen"),
    max_age=timedelta(days=7),
    consent=("Advertising",),
    advertising=True,
)
