"""TikTok Events API 2.0: tracks and pages as web events of a pixel, people hashed.

Limits: 50 events a request here, seven days of age. Dedup: `event_id` with the event's name, 48 hours. It
answers 200 with a code: 0 is success, 20001 success in part, 40100 throttles. Only what TikTok names is
sent; an event's own properties stay here.
Source: docs.tealium.com's connector, read 2026-11-23, and ads.tiktok.com/help/article/supported-standard-events,
read 2026-11-27. The codes and the size of a batch are those of TikTok's own Android SDK (TTConst, TTRequest)
and of rudder-transformer, read 2026-11-28; by what key 20001 names the failed events stands in neither, so
where none is named halves tell.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any

from pydantic import SecretStr

from headwater.destination import Destination, DestinationSettings, Request, Result
from headwater.destination.answer import refusals, said
from headwater.destination.commerce import currency, money, order_id, product_id, searched
from headwater.destination.device import ip, user_agent
from headwater.destination.hashing import e164, hashed, lettered, squeezed
from headwater.destination.options import click_id, options
from headwater.destination.reading import (
    epoch_ms,
    mapping,
    number,
    page,
    page_url,
    present,
    products,
    text,
    texts,
    trait,
    who,
)
from headwater.destination.result import by_status, excerpt
from headwater.outcomes import Verdict
from headwater.ports import HttpResponse
from headwater.record import StoredEvent

_URL = "https://business-api.tiktok.com/open_api/v1.3/event/track/"
_NAMES = ("TikTok Conversions", "Tiktok Conversions", "TikTok Events")

# Segment's spec → TikTok's standard events; any other track keeps its name as a custom event.
EVENTS = {
    "Order Completed": "CompletePayment",
    "Order Placed": "PlaceAnOrder",
    "Product Viewed": "ViewContent",
    "Product Clicked": "ClickButton",
    "Products Searched": "Search",
    "Product Added": "AddToCart",
    "Product Added to Wishlist": "AddToWishlist",
    "Checkout Started": "InitiateCheckout",
    "Payment Info Entered": "AddPaymentInfo",
    "Signed Up": "CompleteRegistration",
    "Callback Started": "Contact",
    "Subscription Created": "Subscribe",
    "Form Submitted": "SubmitForm",
    "Download Link Clicked": "Download",
}
_CONTENT = {
    "content_category": "category",
    "content_name": "name",
    "brand": "brand",
}
# TikTok's own names, where a property already has one.
_TOLD = ("shop_id", "description", "delivery_category", "search_string")
_COUNTED = ("num_items", "predicted_ltv")
_PARTLY, _INTERNAL_TIMEOUT = 20001, 40700
_KEY = {40001, 40102, 40103, 40104, 40105}


class Settings(DestinationSettings):
    """A pixel's code and a long-term token; `test_event_code` sends to the test view only."""

    pixel_code: str
    access_token: SecretStr
    test_event_code: str | None = None
    limited_data_use: bool = False


def build(event: StoredEvent, settings: Settings) -> Sequence[Request]:
    """Send one event with the person's hashed ids."""
    if who(event) is None:
        return []
    return [
        Request(
            url=_URL,
            headers={"Access-Token": settings.access_token.get_secret_value()},
            json=present(
                {
                    "event_source": "web",
                    "event_source_id": settings.pixel_code,
                    "test_event_code": settings.test_event_code,
                }
            ),
            lists={"data": (_event(event, settings),)},
        )
    ]


def _event(event: StoredEvent, settings: Settings) -> Mapping[str, Any]:
    where = present({"url": page_url(event), "referrer": text(page(event).get("referrer"))})
    asked = event.properties.get("limited_data_use") is True
    return present(
        {
            "event": _name(event),
            "event_time": epoch_ms(event) // 1000,
            "event_id": event.message_id,
            "user": _person(event),
            "properties": _properties(event),
            "page": where or None,
            "limited_data_use": settings.limited_data_use or event.privacy.no_share or asked,
        }
    )


def _name(event: StoredEvent) -> str:
    if event.type == "page":
        return "PageView"
    name = text(event.event) or "Unnamed"
    return EVENTS.get(name, name)


def _person(event: StoredEvent) -> Mapping[str, Any]:
    own = {**options(event, *_NAMES), **event.properties}
    address = mapping(trait(event, "address"))
    return present(
        {
            "external_id": hashed(who(event)),
            "email": _each(_own_or_trait(event, "email"), squeezed),
            "phone": _each(_own_or_trait(event, "phone"), e164),
            "first_name": hashed(trait(event, "firstName", "first_name"), lettered),
            "last_name": hashed(trait(event, "lastName", "last_name"), lettered),
            "zip_code": hashed(address.get("postalCode") or address.get("postal_code"), lettered),
            # TikTok takes places as they are, only without spaces and signs.
            **{name: lettered(text(address.get(name)) or "") or None for name in _PLACES},
            "ttclid": click_id(event, "ttclid") or text(own.get("ttclid")),
            "ttp": text(own.get("ttp")),
            "ip": ip(event),
            "user_agent": user_agent(event),
            "locale": text(event.context.get("locale")),
        }
    )


_PLACES = ("city", "state", "country")


def _own_or_trait(event: StoredEvent, name: str) -> object:
    """Read it from the event's properties first: who filled the form, not who is signed in."""
    return event.properties.get(name) or trait(event, name)


def _each(told: object, normalise: Callable[[str], str]) -> str | list[str] | None:
    """Hash one, or each of several."""
    found = dict.fromkeys(hashed(value, normalise) for value in texts(told) or ())
    known = [one for one in found if one]
    return known if len(known) > 1 else next(iter(known), None)


def _properties(event: StoredEvent) -> Mapping[str, Any]:
    contents = [found for product in products(event) if (found := _content(product))]
    return present(
        {
            "contents": contents or None,
            "content_type": "product",
            "currency": currency(event),
            "value": money(event, "value", "revenue", "total"),
            "query": searched(event),
            "order_id": order_id(event),
            "content_ids": texts(event.properties.get("content_ids")),
            **{name: text(event.properties.get(name)) for name in _TOLD},
            **{name: number(event.properties.get(name)) for name in _COUNTED},
        }
    )


def _content(product: Mapping[str, Any]) -> Mapping[str, Any]:
    return present(
        {
            "price": number(product.get("price")),
            "quantity": number(product.get("quantity")),
            "content_id": product_id(product),
            **{theirs: text(product.get(name)) for theirs, name in _CONTENT.items()},
        }
    )


def classify(response: HttpResponse) -> Result:
    """Read the code that a 200 carries; anything else by its status."""
    if response.status != 200:
        return by_status(response)
    told = mapping(said(response))
    code = number(told.get("code"))
    if code is None:
        return Result(Verdict.OK)
    reason, detail = f"tiktok_{code:.0f}", excerpt(response)
    if code == 0:
        return Result(Verdict.OK)
    if code == _PARTLY and (failed := refusals(response, _failed)):
        return Result(Verdict.OK, items=failed)
    if code == 40100:
        return Result(Verdict.THROTTLE, reason, detail)
    if code in _KEY:
        return Result(Verdict.AUTH, reason, detail)
    if code >= 50000 or code == _INTERNAL_TIMEOUT:
        return Result(Verdict.RETRY, reason, detail)
    return Result(Verdict.SPLIT, reason, detail)


def _failed(told: Mapping[str, Any]) -> Iterator[tuple[str, int, str, object]]:
    for one in told["data"]["failed_events"]:
        yield "data", one["order_in_request"], "failed_event", one.get("error_message") or ""


DESTINATION = Destination(
    slug="tiktok_events",
    name=_NAMES[0],
    aliases=_NAMES[1:],
    docs="https://business-api.tiktok.com/portal/docs?id=1771101303285761",
    settings=Settings,
    dedup="`event_id`",
    build=build,
    classify=classify,
    event_types=("track", "page"),
    max_events=50,
    max_age=timedelta(days=7),
    consent=("Advertising",),
    advertising=True,
)
