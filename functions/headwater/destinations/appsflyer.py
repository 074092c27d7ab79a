"""AppsFlyer: tracks, screens and pages as in-app events of a device that AppsFlyer knows.

Limits: one event a request, 60,000 requests a minute; with a dev key a body of 1 KB, and what becomes of
a larger one is nowhere said: it is sent. `appsflyer_id` is required. No dedup key: a repeated event counts
twice. Events sent after 02:00 UTC of the next day are filed under their arrival. Its erasure (OpenDSR)
knows a person by AppsFlyer's and by advertising ids only, which no deletion has.
Source: dev.appsflyer.com/hc/reference/s2s-events-api3-overview, read 2026-11-23;
support.appsflyer.com/hc/en-us/articles/207034486 (dev key), read 2026-11-27.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Self

from pydantic import SecretStr, model_validator

from headwater.destination import Destination, DestinationSettings, Request, Unsendable
from headwater.destination.commerce import currency
from headwater.destination.device import Platform, advertising_id, device, ip, platform
from headwater.destination.flattening import json_text
from headwater.destination.options import external_id, options
from headwater.destination.reading import at, number, present, products, text, user_id
from headwater.record import StoredEvent

_NAMES = ("AppsFlyer", "AF")

# The event's property → AppsFlyer's parameter; of several products the three first are lists.
_PARAMETERS = {
    "product_id": "af_content_id",
    "quantity": "af_quantity",
    "price": "af_price",
    "revenue": "af_revenue",
    "currency": "af_currency",
    "category": "af_content_type",
    "order_id": "af_order_id",
    "query": "af_search_string",
}
_OF_PRODUCT = ("product_id", "quantity", "price")


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
    on = platform(at(event.context, "os", "name"), device(event).get("type"))
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
    given = (text(own.get(name)) for name in ("appsflyer_id", "appsFlyerId", "af_uid"))
    return external_id(event, "appsflyerExternalId") or next(filter(None, given), None)


def _event(
    event: StoredEvent, on: Platform, appsflyer_id: str, settings: Settings
) -> Mapping[str, Any]:
    return present(
        {
            "appsflyer_id": appsflyer_id,
            "customer_user_id": user_id(event),
            "eventName": _name(event, settings),
            "eventValue": _value(event),
            "eventTime": f"{event.timestamp:%Y-%m-%d %H:%M:%S.%f}"[:-3],
            "eventCurrency": currency(event),
            "idfa" if on == "ios" else "advertising_id": advertising_id(event),
            "idfv": text(device(event).get("id")) if on == "ios" else None,
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
    names = map(text, (event.name, event.event, event.properties.get("name")))
    return f"Viewed {next(filter(None, names), '')} {event.type.capitalize()}"


def _value(event: StoredEvent) -> str:
    """Write the event's values as the JSON text that AppsFlyer wants them in."""
    if not event.properties:
        return ""
    if event.type != "track":
        return json_text(event.properties)
    told = {af: event.properties.get(name) for name, af in _PARAMETERS.items()}
    if event.properties.get("products"):
        bought = products(event)
        told |= {_PARAMETERS[name]: [one.get(name) for one in bought] for name in _OF_PRODUCT}
    return json_text({"properties": event.properties, **present(told)})


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
