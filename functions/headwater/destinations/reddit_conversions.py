"""Reddit Conversions API v2.0: tracks and pages as conversion events of an ad account, people hashed.

Limits: 1,000 events and 1 MB a request, seven days of age, custom names of 64 characters. Dedup:
`conversion_id`, here the SHA-256 of the messageId. Only what Reddit names is sent; an event's own
properties stay here.
Source: ads-api.reddit.com/docs/v2 and docs.tealium.com's connector, read 2026-11-27.
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from pydantic import SecretStr

from headwater.destination import Destination, DestinationSettings, Request
from headwater.destination.authorization import bearer
from headwater.destination.commerce import currency, known_products, money, product_id
from headwater.destination.device import advertising_id, event_platform, ip, user_agent
from headwater.destination.hashing import e164, hashed, squeezed
from headwater.destination.options import click_id, options
from headwater.destination.reading import at, number, present, text, trait, who
from headwater.record import StoredEvent, to_iso

_NAMES = ("Reddit Conversions Api", "Reddit Conversions API")

# Segment's spec → Reddit's events; any other track is a custom event of its name.
EVENTS = {
    "Product Viewed": "ViewContent",
    "Products Searched": "Search",
    "Product Added": "AddToCart",
    "Product Added to Wishlist": "AddToWishlist",
    "Order Completed": "Purchase",
    "Lead Generated": "Lead",
    "Signed Up": "SignUp",
}
_MAX_NAME = 64


class Settings(DestinationSettings):
    """A pixel's (ad account's) id and its conversion token; in `test_mode` nothing is counted."""

    ad_account_id: str
    conversion_token: SecretStr
    test_mode: bool = False
    limited_data_use: bool = False


def build(event: StoredEvent, settings: Settings) -> Sequence[Request]:
    """Send one event with the person's hashed ids."""
    if who(event) is None:
        return []
    return [
        Request(
            url=f"https://ads-api.reddit.com/api/v2.0/conversions/events/{settings.ad_account_id}",
            headers=bearer(settings.conversion_token),
            json={"test_mode": settings.test_mode},
            lists={"events": (_event(event, settings),)},
        )
    ]


def _event(event: StoredEvent, settings: Settings) -> Mapping[str, Any]:
    own = {**event.properties, **options(event, *_NAMES)}
    return present(
        {
            "event_at": to_iso(event.timestamp),
            "event_type": _type(event),
            "click_id": text(own.get("click_id")) or click_id(event, "rdt_cid"),
            "event_metadata": _metadata(event),
            "user": _person(event, text(own.get("uuid")), settings),
        }
    )


def _type(event: StoredEvent) -> Mapping[str, str]:
    if event.type == "page":
        return {"tracking_type": "PageVisit"}
    name = text(event.event) or "Unnamed"
    if name in EVENTS:
        return {"tracking_type": EVENTS[name]}
    return {"tracking_type": "Custom", "custom_event_name": name.strip()[:_MAX_NAME]}


def _metadata(event: StoredEvent) -> Mapping[str, Any]:
    known = {} if event.type == "page" else _purchase(event)
    return present({**known, "conversion_id": hashed(event.message_id, str.strip)})


def _purchase(event: StoredEvent) -> Mapping[str, Any]:
    bought = [
        present(
            {
                "id": product_id(product),
                "name": text(product.get("name")),
                "category": text(product.get("category")),
            }
        )
        for product in known_products(event)
    ]
    count = number(event.properties.get("quantity"))
    return {
        "currency": currency(event),
        "item_count": int(count) if count is not None else None,
        "value_decimal": money(event, "revenue", "total", "value", "price"),
        "products": bought or None,
    }


def _person(event: StoredEvent, uuid: str | None, settings: Settings) -> Mapping[str, Any]:
    width, height = (number(at(event.context, "screen", side)) for side in ("width", "height"))
    limited = settings.limited_data_use or event.privacy.no_share
    on = event_platform(event)
    return present(
        {
            "email": hashed(trait(event, "email"), _canonical_email),
            "phone_number": hashed(trait(event, "phone"), e164),
            "external_id": hashed(who(event), str.strip),
            "ip_address": hashed(ip(event), str.strip),
            "user_agent": user_agent(event),
            "uuid": uuid,
            **({"idfa" if on == "ios" else "aaid": hashed(advertising_id(event))} if on else {}),
            "screen_dimensions": {"width": int(width), "height": int(height)}
            if width is not None and height is not None
            else None,
            "data_processing_options": {"modes": ["LDU"]} if limited else None,
        }
    )


def _canonical_email(value: str) -> str:
    """Reddit's form: the name without dots and without what follows a `+`."""
    name, found, domain = squeezed(value).partition("@")
    return f"{name.replace('.', '').split('+')[0]}@{domain}" if found else ""


DESTINATION = Destination(
    slug="reddit_conversions",
    name=_NAMES[0],
    aliases=_NAMES[1:],
    docs="https://ads-api.reddit.com/docs/v2/",
    settings=Settings,
    dedup="`conversion_id`, the SHA-256 of the messageId",
    build=build,
    event_types=("track", "page"),
    max_events=1_000,
    max_bytes=1_000_000,
    max_age=timedelta(days=7),
    consent=("Advertising",),
    advertising=True,
)
