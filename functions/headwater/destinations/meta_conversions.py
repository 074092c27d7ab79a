"""Meta Conversions API: tracks and pages as server events of a pixel (or dataset), people hashed.

Limits: 1,000 events a request, seven days of age (one older event fails the whole request). Dedup:
`event_id` with `event_name`, within 48 hours, also against the pixel. Only what Meta names is sent; an
event's own properties stay here, since custom data must hold nothing personal.
Source: developers.facebook.com/docs/marketing-api/conversions-api/parameters, read 2026-11-23.
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, Literal

from pydantic import SecretStr

from headwater.destination import Destination, DestinationSettings, Request
from headwater.destination.commerce import (
    currency,
    known_products,
    money,
    order_id,
    product_id,
    searched,
)
from headwater.destination.device import app_data, device, event_platform, ip, user_agent
from headwater.destination.graph import by_graph_error
from headwater.destination.hashing import hashed, match_keys
from headwater.destination.options import click_id, options
from headwater.destination.reading import epoch_ms, number, page, present, text, who
from headwater.record import StoredEvent

_GRAPH = "https://graph.facebook.com/v24.0"
_NAMES = ("Facebook Conversions API (Actions)", "Facebook Conversions API", "Meta Conversions API")

# Segment's ecommerce spec → Meta's standard events; any other track keeps its name as a custom event.
EVENTS = {
    "Order Completed": "Purchase",
    "Product Added": "AddToCart",
    "Product Added to Wishlist": "AddToWishlist",
    "Product Viewed": "ViewContent",
    "Checkout Started": "InitiateCheckout",
    "Payment Info Entered": "AddPaymentInfo",
    "Products Searched": "Search",
}
# What an event is worth: of an order its revenue, of one product its price.
_WORTH = {
    "Product Added": ("value", "price", "revenue"),
    "Product Added to Wishlist": ("value", "price"),
    "Product Viewed": ("price", "value"),
}


class Settings(DestinationSettings):
    """A pixel or dataset id and a system user's token; `test_event_code` sends to the test view only."""

    pixel_id: str
    access_token: SecretStr
    test_event_code: str | None = None
    action_source: Literal["website", "app", "system_generated", "other"] | None = None
    limited_data_use: bool = False


def build(event: StoredEvent, settings: Settings) -> Sequence[Request]:
    """Send one event with the person's hashed match keys."""
    if who(event) is None:
        return []
    return [
        Request(
            url=f"{_GRAPH}/{settings.pixel_id}/events",
            headers={"Authorization": f"Bearer {settings.access_token.get_secret_value()}"},
            json=present({"test_event_code": settings.test_event_code}),
            lists={"data": (_event(event, settings),)},
        )
    ]


def _event(event: StoredEvent, settings: Settings) -> Mapping[str, Any]:
    source = settings.action_source or _source(event)
    on = event_platform(event) if source == "app" else None
    return present(
        {
            "event_name": _name(event),
            "event_time": epoch_ms(event) // 1000,
            "event_id": event.message_id,
            "event_source_url": text(page(event).get("url")),
            "referrer_url": text(page(event).get("referrer")),
            "action_source": source,
            "user_data": _person(event),
            "custom_data": _custom_data(event) or None,
            "app_data": app_data(event, on) if on else None,
            **_limits(event, settings),
        }
    )


def _name(event: StoredEvent) -> str:
    if event.type == "page":
        return "PageView"
    name = text(event.event) or "Unnamed"
    return EVENTS.get(name, name)


def _source(event: StoredEvent) -> str:
    """Tell a site from an app; an event without a browser's name came from a server.

    Meta refuses a website's event without a user agent.
    """
    if event_platform(event) and text(device(event).get("id")) and not page(event):
        return "app"
    return "website" if user_agent(event) else "other"


def _person(event: StoredEvent) -> Mapping[str, Any]:
    own = {**event.properties, **options(event, *_NAMES)}
    clicked = click_id(event, "fbclid")
    return {
        **match_keys(event),
        **present(
            {
                "external_id": [hashed(who(event))],
                "client_ip_address": ip(event),
                "client_user_agent": user_agent(event),
                # Meta's own form of a click: version, subdomain index, when, which.
                "fbc": text(own.get("fbc"))
                or (f"fb.1.{epoch_ms(event)}.{clicked}" if clicked else None),
                "fbp": text(own.get("fbp")),
                "madid": text(device(event).get("advertisingId")),
            }
        ),
    }


def _custom_data(event: StoredEvent) -> Mapping[str, Any]:
    if event.type == "page":
        return {}
    bought = known_products(event)
    return present(
        {
            "currency": currency(event),
            "value": money(event, *_WORTH.get(event.event or "", ("revenue", "value", "total"))),
            "content_ids": [product_id(product) for product in bought] or None,
            "content_type": "product" if bought else None,
            "contents": [_content(product) for product in bought] or None,
            "num_items": len(bought) if event.event == "Checkout Started" and bought else None,
            "order_id": order_id(event),
            "search_string": searched(event),
        }
    )


def _content(product: Mapping[str, Any]) -> Mapping[str, Any]:
    return present(
        {
            "id": product_id(product),
            "quantity": max(1, int(number(product.get("quantity")) or 1)),
            "item_price": number(product.get("price")),
        }
    )


def _limits(event: StoredEvent, settings: Settings) -> Mapping[str, Any]:
    """Ask for limited data use; Meta finds country and state by the address (0, 0)."""
    if not (settings.limited_data_use or event.privacy.no_share):
        return {}
    return {
        "data_processing_options": ["LDU"],
        "data_processing_options_country": 0,
        "data_processing_options_state": 0,
    }


DESTINATION = Destination(
    slug="meta_conversions",
    name=_NAMES[0],
    aliases=_NAMES[1:],
    docs="https://developers.facebook.com/docs/marketing-api/conversions-api",
    settings=Settings,
    dedup="`event_id`",
    build=build,
    classify=by_graph_error,
    event_types=("track", "page"),
    max_events=1_000,
    max_bytes=1_000_000,
    max_age=timedelta(days=7),
    consent=("Advertising",),
    advertising=True,
)
