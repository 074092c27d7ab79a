"""Google Analytics 4: tracks, pages and screens through the Measurement Protocol.

Limits: 25 events a request (one here: the time is the request's), 25 parameters an event, 130 kB, names
of 40 characters and values of 100, 25 user properties of 24 and 36, 72 hours of age. It answers 2xx to
anything, so what it would drop silently is not sent. No dedup but `transaction_id` of purchases. Its User
Deletion API takes a signed-in Google account (OAuth) and none of these keys.
Source: developers.google.com/analytics/devguides/collection/protocol/ga4 (its reserved names
and user properties) and support.google.com/analytics/answer/9267744, read 2026-11-27, and
developers.google.com/analytics/devguides/config/userdeletion/v3, read 2026-11-28.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, Literal, Self

from pydantic import SecretStr, model_validator

from headwater.destination import Destination, DestinationSettings, Request, Unsendable
from headwater.destination.commerce import money
from headwater.destination.reading import number, page, present, products, text, traits, who
from headwater.record import StoredEvent

_HOSTS = {
    "us": "https://www.google-analytics.com",
    "eu": "https://region1.google-analytics.com",
}

# Segment's ecommerce spec → GA4's recommended events.
EVENTS = {
    "Order Completed": "purchase",
    "Order Refunded": "refund",
    "Product Added": "add_to_cart",
    "Product Removed": "remove_from_cart",
    "Product Viewed": "view_item",
    "Product List Viewed": "view_item_list",
    "Product Clicked": "select_item",
    "Product Added to Wishlist": "add_to_wishlist",
    "Cart Viewed": "view_cart",
    "Checkout Started": "begin_checkout",
    "Payment Info Entered": "add_payment_info",
    "Products Searched": "search",
    "Promotion Viewed": "view_promotion",
    "Promotion Clicked": "select_promotion",
    "Signed Up": "sign_up",
    "Signed In": "login",
}
_ITEM = {
    "product_id": "item_id",
    "name": "item_name",
    "affiliation": "affiliation",
    "brand": "item_brand",
    "category": "item_category",
    "coupon": "coupon",
    "position": "index",
    "price": "price",
    "quantity": "quantity",
    "variant": "item_variant",
}
_ORDER = {
    "order_id": "transaction_id",
    "affiliation": "affiliation",
    "coupon": "coupon",
    "currency": "currency",
    "query": "search_term",
    "list_id": "item_list_id",
    "payment_method": "payment_type",
    "method": "method",
}
# Of a list and of a promotion, the same words mean something else than of a product.
_LIST = {"category": "item_list_name"}
_PROMOTION = {
    "promotion_id": "promotion_id",
    "name": "promotion_name",
    "creative": "creative_slot",
    "position": "location_id",
}
_SHOWN = {"view_item_list": _LIST, "view_promotion": _PROMOTION, "select_promotion": _PROMOTION}
# An order is worth its total; a cart or a product says its value.
_ORDERS = ("purchase", "refund")
_OF_ORDER, _OF_ITEM = ("total", "revenue", "value"), ("value", "revenue", "total")
_OF_ONE = ("add_to_cart", "remove_from_cart", "view_item", "select_item", "add_to_wishlist")
_NUMBERS = ("price", "quantity", "position")
_MAX_PARAMETERS = 25
_MAX_NAME, _MAX_VALUE = 40, 100
# A page's address, title and referrer may be longer ("Event collection limits").
_PAGE = {"page_location": "url", "page_referrer": "referrer", "page_title": "title"}
_LONG_VALUES = {"page_location": 1_000, "page_referrer": 420, "page_title": 300}
_MAX_USER_PROPERTIES, _MAX_USER_NAME, _MAX_USER_VALUE = 25, 24, 36
_RESERVED_PREFIXES = ("_", "google_", "ga_", "firebase_", "gtag.")
# "Reserved event names" of the protocol reference; what has one of them is dropped without a word.
_RESERVED = (
    "ad_activeview", "ad_click", "ad_exposure", "ad_impression", "ad_query", "ad_reward",
    "adunit_exposure", "app_background", "app_clear_data", "app_exception", "app_install",
    "app_remove", "app_store_refund", "app_store_subscription_cancel",
    "app_store_subscription_convert", "app_store_subscription_renew", "app_update", "app_upgrade",
    "dynamic_link_app_open", "dynamic_link_app_update", "dynamic_link_first_open", "error",
    "first_open", "first_visit", "in_app_purchase", "notification_dismiss",
    "notification_foreground", "notification_open", "notification_receive", "notification_send",
    "os_update", "screen_view", "session_start", "session_start_with_rollout", "user_engagement",
)  # fmt: skip
# "Reserved names" of the page on user properties.
_RESERVED_USER_PROPERTIES = (
    "first_open_after_install", "first_open_time", "first_visit_time", "last_deep_link_referrer",
    "user_id",
)  # fmt: skip


class Settings(DestinationSettings):
    """The stream's id (of a site or of a Firebase app) and its API secret.

    `user_properties` are the traits that go with each event; Google forbids any that name a person.
    """

    measurement_id: str | None = None
    firebase_app_id: str | None = None
    api_secret: SecretStr
    region: Literal["us", "eu"] = "us"
    user_properties: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _one_stream(self) -> Self:
        if (self.measurement_id is None) == (self.firebase_app_id is None):
            raise ValueError("set measurement_id (a site) or firebase_app_id (an app), not both")
        return self


def build(event: StoredEvent, settings: Settings) -> Sequence[Request] | Unsendable:
    """Send one event, named and cut as GA4 wants it."""
    client_id = who(event)
    if client_id is None:
        return []
    name = _name(event)
    if not name or name in _RESERVED or name.startswith(_RESERVED_PREFIXES):
        return Unsendable("reserved_event_name")
    site, app = settings.measurement_id, settings.firebase_app_id
    stream = {"measurement_id": site, "firebase_app_id": app}
    return [
        Request(
            url=f"{_HOSTS[settings.region]}/mp/collect",
            params={"api_secret": settings.api_secret.get_secret_value(), **present(stream)},
            json=present(
                {
                    "client_id" if app is None else "app_instance_id": client_id,
                    "user_id": event.identity.user_id,
                    "timestamp_micros": round(event.timestamp.timestamp() * 1_000_000),
                    "user_properties": _user_properties(event, settings) or None,
                    "consent": _DENIED if event.privacy.no_share else None,
                }
            ),
            lists={"events": ({"name": name, "params": _parameters(event, name)},)},
        )
    ]


# What a person who objects to sale or sharing has not consented to ("Consent", same pages).
_DENIED = {"ad_user_data": "DENIED", "ad_personalization": "DENIED"}


def _user_properties(event: StoredEvent, settings: Settings) -> Mapping[str, Any]:
    """Return the chosen traits as GA4 takes them: short names, short scalars, never its own names."""
    known = traits(event)
    found: dict[str, Any] = {}
    for trait in settings.user_properties:
        name = re.sub(r"[^A-Za-z0-9_]+", "_", trait)[:_MAX_USER_NAME]
        value = _value(known.get(trait), _MAX_USER_VALUE)
        if value is None or not name[:1].isalpha() or name in _RESERVED_USER_PROPERTIES:
            continue
        if not name.startswith(_RESERVED_PREFIXES):
            found[name] = {"value": value}
    return dict(list(found.items())[:_MAX_USER_PROPERTIES])


def _name(event: StoredEvent) -> str:
    if event.type == "page":
        return "page_view"
    # `screen_view` is reserved for Firebase's own.
    if event.type == "screen":
        return "view_screen"
    name = EVENTS.get(event.event or "", event.event or "")
    return re.sub(r"[^A-Za-z0-9_]+", "_", name).lstrip("0123456789_")[:_MAX_NAME]


def _parameters(event: StoredEvent, name: str) -> Mapping[str, Any]:
    """Return the parameters GA4 knows first, then the event's own, up to the limit."""
    items = [_item(product) for product in _products(event, name)]
    seen = page(event) if event.type == "page" else {}
    names = {**_ORDER, **_SHOWN.get(name, {})}
    known = {
        **{ga4: _value(event.properties.get(one)) for one, ga4 in names.items()},
        "value": money(event, *(_OF_ORDER if name in _ORDERS else _OF_ITEM)),
        **{one: number(event.properties.get(one)) for one in ("tax", "shipping")},
        "items": items or None,
        **{ga4: _value(seen.get(one), _LONG_VALUES[ga4]) for ga4, one in _PAGE.items()},
        "screen_name": _value(event.name) if event.type == "screen" else None,
        # Without them an event is in the export and in no report.
        "engagement_time_msec": 1,
        "session_id": number(event.context.get("sessionId")),
    }
    own = {
        re.sub(r"[^A-Za-z0-9_]+", "_", one)[:_MAX_NAME]: _value(value)
        for one, value in event.properties.items()
        if one not in {*names, *seen}
        and one[:1].isalpha()
        and not one.startswith(_RESERVED_PREFIXES)
    }
    return dict(list(present({**own, **known}).items())[-_MAX_PARAMETERS:])


def _products(event: StoredEvent, name: str) -> Sequence[Mapping[str, Any]]:
    """Return what a shop's event is about; a single product may be known by its name only."""
    if event.event not in EVENTS:
        return []
    alone = name in _OF_ONE and text(event.properties.get("name"))
    return products(event) or ([event.properties] if alone else [])


def _item(product: Mapping[str, Any]) -> Mapping[str, Any]:
    return present(
        {
            ga4: number(product.get(name)) if name in _NUMBERS else _value(product.get(name))
            for name, ga4 in _ITEM.items()
        }
    )


def _value(value: object, longest: int = _MAX_VALUE) -> str | int | float | None:
    """Return a value that GA4 takes, cut to its length; None for lists and objects."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        return value
    found = text(value)
    return found[:longest] if found else None


DESTINATION = Destination(
    slug="ga4",
    name="Google Analytics 4 Cloud",
    aliases=("Google Analytics 4", "GA4"),
    docs="https://developers.google.com/analytics/devguides/collection/protocol/ga4",
    settings=Settings,
    dedup="`transaction_id` of purchases only",
    build=build,
    event_types=("track", "page", "screen"),
    max_events=25,
    max_bytes=130_000,
    max_age=timedelta(hours=72),
)
