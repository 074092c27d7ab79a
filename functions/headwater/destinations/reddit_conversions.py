"""Reddit Conversions API v2.0: tracks and pages as conversion events of an ad account, people hashed.

Limits: 1,000 events and 1 MB a request, seven days of age, custom names of 64 characters. Dedup:
`conversion_id`, here the SHA-256 of the messageId. Only what Reddit names is sent; an event's own
properties stay here. A yes may hold `invalid_events` (so rudder-transformer, read 2026-11-28).
Source: ads-api.reddit.com/docs/v2 and docs.tealium.com's connector, read 2026-11-27.
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from pydantic import SecretStr

from headwater.destination import Destination, DestinationSettings, Request, Result
from headwater.destination.answer import accepted, said
from headwater.destination.authorization import bearer
from headwater.destination.commerce import currency, known_products, money, product_id
from headwater.destination.device import advertising_id, event_platform, ip, user_agent
from headwater.destination.hashing import canonical_email, e164, hashed
from headwater.destination.options import click_id, options
from headwater.destination.reading import at, number, present, text, trait, who
from headwater.destination.result import by_status, excerpt
from headwater.outcomes import Verdict
from headwater.ports import HttpResponse
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
_WORDS = ("name", "category")


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
    name = text(event.event) or "Unnamed"
    known = "PageVisit" if event.type == "page" else EVENTS.get(name)
    if known:
        return {"tracking_type": known}
    return {"tracking_type": "Custom", "custom_event_name": name.strip()[:_MAX_NAME]}


def _metadata(event: StoredEvent) -> Mapping[str, Any]:
    own = {"conversion_id": hashed(event.message_id, str.strip)}
    if event.type == "page":
        return own
    bought = [
        present({"id": product_id(one), **{key: text(one.get(key)) for key in _WORDS}})
        for one in known_products(event)
    ]
    count = number(event.properties.get("quantity"))
    worth = {
        "currency": currency(event),
        "item_count": int(count) if count is not None else None,
        "value_decimal": money(event, "revenue", "total", "value", "price"),
        "products": bought or None,
    }
    return present({**worth, **own})


def _person(event: StoredEvent, uuid: str | None, settings: Settings) -> Mapping[str, Any]:
    sides = {side: number(at(event.context, "screen", side)) for side in ("width", "height")}
    screen = {side: int(pixels) for side, pixels in sides.items() if pixels is not None}
    limited = settings.limited_data_use or event.privacy.no_share
    on = event_platform(event)
    return present(
        {
            "email": hashed(trait(event, "email"), canonical_email),
            "phone_number": hashed(trait(event, "phone"), e164),
            "external_id": hashed(who(event), str.strip),
            "ip_address": hashed(ip(event), str.strip),
            "user_agent": user_agent(event),
            "uuid": uuid,
            **({"idfa" if on == "ios" else "aaid": hashed(advertising_id(event))} if on else {}),
            "screen_dimensions": screen if len(screen) == 2 else None,
            "data_processing_options": {"modes": ["LDU"]} if limited else None,
        }
    )


def classify(response: HttpResponse) -> Result:
    """See whether a yes left events out; anything else by its status."""
    if accepted(response) and at(said(response), "invalid_events"):
        return Result(Verdict.SPLIT, "invalid_events", excerpt(response))
    return by_status(response)


DESTINATION = Destination(
    slug="reddit_conversions",
    name=_NAMES[0],
    aliases=_NAMES[1:],
    docs="https://ads-api.reddit.com/docs/v2/",
    settings=Settings,
    dedup="`conversion_id`, the SHA-256 of the messageId",
    build=build,
    classify=classify,
    event_types=("track", "page"),
    max_events=1_000,
    max_bytes=1_000_000,
    max_age=timedelta(days=7),
    consent=("Advertising",),
    advertising=True,
)
