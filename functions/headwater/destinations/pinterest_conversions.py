"""Pinterest Conversions API v5: tracks and pages as conversion events of an ad account, people hashed.

Limits: 1,000 events a request, seven days of age. Dedup: `event_id`, also against the tag. Each event
needs an e-mail address, an advertising id, or both IP address and user agent. A custom event has no name
there: a track that is none of Pinterest's own events is not sent. An answer has a word for each event.
Source: developers.pinterest.com/docs/api/v5/events-create, read 2026-11-23, and the answer's shape in
github.com/pinterest/pinterest-python-generated-api-client, read 2026-11-27.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any

from pydantic import SecretStr

from headwater.destination import Destination, DestinationSettings, Request, Result, Unsendable
from headwater.destination.answer import refusals
from headwater.destination.authorization import bearer
from headwater.destination.commerce import known_products, money, product_id, shopped
from headwater.destination.device import advertising_id, browser, device, event_platform
from headwater.destination.hashing import hashed, match_keys
from headwater.destination.options import click_id, options
from headwater.destination.reading import at, epoch_ms, number, page, page_url, present, text, who
from headwater.destination.result import by_status
from headwater.outcomes import Verdict
from headwater.ports import HttpResponse
from headwater.record import StoredEvent

_NAMES = ("Pinterest Conversions API",)

# Segment's spec → Pinterest's events. A track may also carry one of Pinterest's own names.
EVENTS = {
    "Payment Info Entered": "add_payment_info",
    "Product Added": "add_to_cart",
    "Product Added to Wishlist": "add_to_wishlist",
    "Application Installed": "app_install",
    "Application Opened": "app_open",
    "Checkout": "checkout",
    "Order Completed": "checkout",
    "Checkout Started": "initiate_checkout",
    "Generate Lead": "lead",
    "Lead Generated": "lead",
    "Products Searched": "search",
    "Signed Up": "signup",
    "Trial Started": "start_trial",
    "Subscription Created": "subscribe",
    "Product Category Viewed": "view_category",
    "Product List Viewed": "view_category",
    "Product Viewed": "view_content",
    "Product Video Watched": "watch_video",
}
_OWN = frozenset(
    [
        *EVENTS.values(),
        "page_visit",
        "contact",
        "custom",
        "customize_product",
        "find_location",
        "schedule",
        "submit_application",
    ]
)
_APP = {
    "app_name": ("app", "name"),
    "app_package_name": ("app", "namespace"),
    "app_version": ("app", "version"),
    "user_agent": ("userAgent",),
}
_DEVICE = {
    "brand": ("device", "manufacturer"),
    "model": ("device", "model"),
    "type": ("device", "type"),
    "carrier": ("network", "carrier"),
    "os_version": ("os", "version"),
    "locale": ("locale",),
    "timezone": ("timezone",),
}


class Settings(DestinationSettings):
    """An ad account and its conversion token; `test_mode` has events checked and not counted."""

    ad_account_id: str
    conversion_token: SecretStr
    test_mode: bool = False
    limited_data_use: bool = False


def build(event: StoredEvent, settings: Settings) -> Sequence[Request] | Unsendable:
    """Send one event with the person's hashed ids."""
    name = _name(event)
    if name is None or who(event) is None:
        return []
    person = _person(event)
    if not (
        _MATCHING & person.keys() or {"client_ip_address", "client_user_agent"} <= person.keys()
    ):
        return Unsendable("no_match_key")
    return [
        Request(
            url=f"https://api.pinterest.com/v5/ad_accounts/{settings.ad_account_id}/events",
            headers=bearer(settings.conversion_token),
            params={"test": "true"} if settings.test_mode else {},
            lists={"data": (_event(event, settings, name, person),)},
        )
    ]


_MATCHING = {"em", "hashed_maids"}


def _name(event: StoredEvent) -> str | None:
    if event.type == "page":
        return "page_visit"
    name = event.event or ""
    return EVENTS.get(name, name if name in _OWN else None)


def _event(
    event: StoredEvent, settings: Settings, name: str, person: Mapping[str, Any]
) -> Mapping[str, Any]:
    on = None if page(event) else event_platform(event)
    tracked = device(event).get("adTrackingEnabled")
    return present(
        {
            "event_name": name,
            "action_source": f"app_{on}" if on else "web",
            "event_time": epoch_ms(event) // 1000,
            "event_id": event.message_id,
            "event_source_url": page_url(event),
            "opt_out": settings.limited_data_use or event.privacy.no_share,
            "advertiser_tracking_enabled": tracked if isinstance(tracked, bool) else None,
            "user_data": person,
            "custom_data": _custom_data(event) or None,
            "app_info": _found(event, _APP),
            "device_info": _found(event, _DEVICE),
        }
    )


def _found(event: StoredEvent, paths: Mapping[str, tuple[str, ...]]) -> Mapping[str, str] | None:
    found = {name: text(at(event.context, *path)) for name, path in paths.items()}
    return present(found) or None


def _person(event: StoredEvent) -> Mapping[str, Any]:
    own = options(event, *_NAMES)
    listed = {
        **match_keys(event),
        "external_id": hashed(who(event)),
        "hashed_maids": hashed(advertising_id(event)),
    }
    return {
        **{name: [value] for name, value in present(listed).items()},
        **present(
            {
                **browser(event),
                "click_id": click_id(event, "epik") or text(own.get("click_id")),
                "partner_id": text(own.get("partner_id")),
            }
        ),
    }


def _custom_data(event: StoredEvent) -> Mapping[str, Any]:
    if event.type == "page":
        return {}
    bought = known_products(event)
    return present(
        {
            **shopped(event),
            # Pinterest takes amounts as strings.
            "value": text(money(event, "price", "value", "revenue", "total")),
            "contents": [_content(product) for product in bought] or None,
            "num_items": len(bought) or None,
        }
    )


def _content(product: Mapping[str, Any]) -> Mapping[str, Any]:
    return present(
        {
            "id": product_id(product),
            "item_name": text(product.get("name")),
            "item_category": text(product.get("category")),
            "item_brand": text(product.get("brand")),
            "item_price": text(number(product.get("price"))),
            "quantity": int(number(product.get("quantity")) or 1),
        }
    )


def classify(response: HttpResponse) -> Result:
    """Read what became of each event, in the order they were sent; anything else by its status."""
    if response.status not in (200, 422):
        return by_status(response)
    items = refusals(response, _failed)
    return Result(Verdict.OK, items=items) if items else by_status(response)


def _failed(told: Mapping[str, Any]) -> Iterator[tuple[str, int, str, object]]:
    for at_place, one in enumerate(told["events"]):
        if one["status"] == "failed":
            yield "data", at_place, "failed_event", one.get("error_message") or ""


DESTINATION = Destination(
    slug="pinterest_conversions",
    name=_NAMES[0],
    docs="https://developers.pinterest.com/docs/api/v5/events-create",
    settings=Settings,
    dedup="`event_id`",
    build=build,
    classify=classify,
    event_types=("track", "page"),
    max_events=1_000,
    max_bytes=1_000_000,
    max_age=timedelta(days=7),
    consent=("Advertising",),
    advertising=True,
)
