"""AppsFlyer: tracks, screens and pages as in-app events of a device that AppsFlyer knows.

Limits: one event a request, 60,000 requests a minute; with a dev key a body of 1 KB. `appsflyer_id` is
required. No dedup key: a repeated event counts twice. Events sent after 02:00 UTC of the next day are
filed under their arrival.
Source: dev.appsflyer.com/hc/reference/s2s-events-api3-overview, read 2026-11-23.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Self

import orjson
from pydantic import SecretStr, model_validator

from headwater.destination import Destination, DestinationSettings, Request, Unsendable
from headwater.destination.commerce import currency
from headwater.destination.device import (
    Platform,
    advertising_id,
    device,
    event_platform,
    ip,
    platform,
)
from headwater.destination.options import external_id, options
from headwater.destination.reading import at, number, present, products, text
from headwater.record import StoredEvent

_NAMES = ("AppsFlyer", "AF")

# The event's property → AppsFlyer's parameter, by the kind of event.
_ORDER = {
    "revenue": "af_revenue",
    "price": "af_price",
    "product_id": "af_content_id",
    "category": "af_content_type",
    "quantity": "af_quantity",
    "order_id": "af_order_id",
}
_CART = {
    "price": "af_price",
    "category": "af_content_type",
    "product_id": "af_content_id",
    "quantity": "af_quantity",
}
_ANY = {
    "revenue": "af_revenue",
    "quantity": "af_quantity",
    "price": "af_price",
    "currency": "af_currency",
}
_PARAMETERS = {
    "order completed": _ORDER,
    "product removed": _ORDER,
    "product added to wishlist": _CART,
    "wishlist product added to cart": _CART,
    "checkout started": _CART,
    "products searched": {"query": "af_search_string"},
    "product viewed": _CART,
}


class Settings(DestinationSettings):
    """The account's S2S key, or the app's older dev key; the apps as the stores name them."""

    s2s_key: SecretStr | None = None
    dev_key: SecretStr | None = None
    android_app_id: str | None = None
    apple_app_id: str | None = None
    rich_event_names: bool = False

    @model_validator(mode="after")
    def _one_key(self) -> Self:
        if (self.s2s_key is None) == (self.dev_key is None):
            raise ValueError("set s2s_key (the account's) or dev_key (the app's), not both")
        if self.android_app_id is None and self.apple_app_id is None:
            raise ValueError("set android_app_id, apple_app_id, or both")
        return self


def build(event: StoredEvent, settings: Settings) -> Sequence[Request] | Unsendable:
    """Send one event of the app its device runs."""
    on = platform(at(event.context, "os", "name")) or event_platform(event)
    app = _app(on, settings)
    if on is None or app is None:
        return Unsendable("no_app_of_that_platform")
    appsflyer_id = _appsflyer_id(event)
    if appsflyer_id is None:
        return Unsendable("no_appsflyer_id")
    key = settings.s2s_key or settings.dev_key
    host = "api3" if settings.s2s_key else "api2"
    return [
        Request(
            url=f"https://{host}.appsflyer.com/inappevent/{app}",
            headers={"authentication": key.get_secret_value() if key else ""},
            json=_event(event, on, appsflyer_id, settings),
        )
    ]


def _app(on: Platform | None, settings: Settings) -> str | None:
    if on == "android":
        return settings.android_app_id
    app = settings.apple_app_id
    # Without its prefix AppsFlyer answers 200 and keeps nothing.
    return f"id{app.removeprefix('id')}" if app else None


def _appsflyer_id(event: StoredEvent) -> str | None:
    own = options(event, *_NAMES)
    return (
        external_id(event, "appsflyerExternalId")
        or text(own.get("appsflyer_id"))
        or text(own.get("appsFlyerId"))
        or text(own.get("af_uid"))
    )


def _event(
    event: StoredEvent, on: Platform, appsflyer_id: str, settings: Settings
) -> Mapping[str, Any]:
    vendor_id = text(device(event).get("id"))
    ids = {"idfa" if on == "ios" else "advertising_id": advertising_id(event)}
    moment = event.timestamp.strftime("%Y-%m-%d %H:%M:%S.%f")[:-3]
    return present(
        {
            "appsflyer_id": appsflyer_id,
            "customer_user_id": event.identity.user_id,
            "eventName": _name(event, settings),
            "eventValue": _value(event),
            "eventTime": moment,
            "eventCurrency": currency(event),
            **ids,
            "idfv": vendor_id if on == "ios" else None,
            "att": number(device(event).get("attTrackingStatus")),
            "ip": ip(event),
            "os": text(at(event.context, "os", "version")),
            "app_version_name": text(at(event.context, "app", "version")),
            "bundleIdentifier": text(at(event.context, "app", "namespace")),
            "af_events_api": "true",
        }
    )


def _name(event: StoredEvent, settings: Settings) -> str:
    if event.type == "track":
        return text(event.event) or "Unnamed"
    if not settings.rich_event_names:
        return event.type
    name = text(event.name) or text(event.properties.get("name")) or ""
    return f"Viewed {name} {event.type.capitalize()}"


def _value(event: StoredEvent) -> str:
    """Write the event's values as the JSON text that AppsFlyer wants them in."""
    if not event.properties:
        return ""
    if event.type != "track":
        return orjson.dumps(event.properties).decode()
    parameters = _PARAMETERS.get((event.event or "").lower(), _ANY)
    value: dict[str, Any] = {"properties": event.properties}
    value |= {af: event.properties.get(name) for name, af in parameters.items()}
    if event.properties.get("products") and parameters is not _ANY:
        bought = products(event)
        value["af_content_id"] = [text(product.get("product_id")) for product in bought]
        value["af_quantity"] = [number(product.get("quantity")) for product in bought]
        value["af_price"] = [number(product.get("price")) for product in bought]
    return orjson.dumps(present(value)).decode()


DESTINATION = Destination(
    slug="appsflyer",
    name=_NAMES[0],
    aliases=_NAMES[1:],
    docs="https://dev.appsflyer.com/hc/reference/s2s-events-api3-overview",
    settings=Settings,
    build=build,
    event_types=("track", "page", "screen"),
    rate=1_000.0,
    consent=("Advertising",),
    advertising=True,
)
