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
from headwater.destination.authorization import bearer
from headwater.destination.commerce import known_products, money, product_id, shopped
from headwater.destination.device import advertising_id, browser, device, event_platform
from headwater.destination.extinfo import app_data
from headwater.destination.graph import GRAPH, by_graph_error
from headwater.destination.hashing import hashed, match_keys
from headwater.destination.limited_data_use import limited_data_use
from headwater.destination.options import click_id, options
from headwater.destination.reading import epoch_ms, number, page, page_url, present, text, who
from headwater.record import StoredEvent

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
            url=f"{GRAPH}/{settings.pixel_id}/events",
            headers=bearer(settings.access_token),
            json=present({"test_event_code": settings.test_event_code}),
            lists={"data": (_event(event, settings),)},
        )
    ]


def _event(event: StoredEvent, settings: Settings) -> Mapping[str, Any]:
    name, on = text(event.event) or "Unnamed", event_platform(event)
    in_app = on and text(device(event).get("id")) and not page(event)
    # Meta refuses a website's event without a user agent: such a one came from a server.
    elsewhere = "website" if "client_user_agent" in browser(event) else "other"
    source = settings.action_source or ("app" if in_app else elsewhere)
    return present(
        {
            "event_name": "PageView" if event.type == "page" else EVENTS.get(name, name),
            "event_time": epoch_ms(event) // 1000,
            "event_id": event.message_id,
            "event_source_url": page_url(event),
            "referrer_url": text(page(event).get("referrer")),
            "action_source": source,
            "user_data": _person(event),
            "custom_data": _custom_data(event) if event.type == "track" else None,
            "app_data": app_data(event, on) if on and source == "app" else None,
            **limited_data_use(event, always=settings.limited_data_use),
        }
    )


def _person(event: StoredEvent) -> Mapping[str, Any]:
    own = {**event.properties, **options(event, *_NAMES)}
    clicked = click_id(event, "fbclid")
    # Meta's own form of a click: version, subdomain index, when, which.
    click = f"fb.1.{epoch_ms(event)}.{clicked}" if clicked else None
    return present(
        {
            **match_keys(event),
            **browser(event),
            "external_id": [hashed(who(event))],
            "fbc": text(own.get("fbc")) or click,
            "fbp": text(own.get("fbp")),
            "madid": advertising_id(event),
        }
    )


def _custom_data(event: StoredEvent) -> Mapping[str, Any] | None:
    bought = known_products(event)
    worth = _WORTH.get(event.event or "", ("revenue", "value", "total"))
    told = {
        **shopped(event),
        "value": money(event, *worth),
        "content_type": "product" if bought else None,
        "contents": [_content(product) for product in bought] or None,
        "num_items": len(bought) if event.event == "Checkout Started" and bought else None,
    }
    return present(told) or None


def _content(product: Mapping[str, Any]) -> Mapping[str, Any]:
    return present(
        {
            "id": product_id(product),
            "quantity": max(1, int(number(product.get("quantity")) or 1)),
            "item_price": number(product.get("price")),
        }
    )


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
