"""Microsoft Advertising (UET) Conversions API: tracks as custom events, pages as page loads, people hashed.

Limits: 1,000 events a request, seven days of age. Dedup: `eventId`. It names refused events by their
index and takes the others. E-mail address and telephone number are hashed, ids go as they are.
Source: learn.microsoft.com/en-us/advertising/guides/uet-conversion-api-integration, read 2026-11-23.
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, Literal

from pydantic import SecretStr

from headwater.destination import Destination, DestinationSettings, Request, Result
from headwater.destination.answer import refusals
from headwater.destination.authorization import bearer
from headwater.destination.commerce import money, product_id, shopped
from headwater.destination.device import advertising_id, event_platform, ip, user_agent
from headwater.destination.hashing import match_keys
from headwater.destination.options import click_id, options
from headwater.destination.reading import (
    epoch_ms,
    number,
    page,
    present,
    products,
    text,
    texts,
    who,
)
from headwater.destination.result import by_status
from headwater.outcomes import Verdict
from headwater.ports import HttpResponse
from headwater.record import StoredEvent

_NAMES = ("Microsoft Bing CAPI (Actions)", "Microsoft Ads CAPI", "Bing Ads")
# Microsoft's hotel data ← the property that tells it.
_HOTEL = {
    "totalPrice": "hotel_total_price",
    "basePrice": "hotel_base_price",
    "checkInDate": "hotel_check_in_date",
    "checkOutDate": "hotel_check_out_date",
    "lengthOfStay": "hotel_length_of_stay",
    "partnerHotelId": "hotel_partner_id",
    "bookingHref": "hotel_booking_href",
}


class Settings(DestinationSettings):
    """A UET tag, its API token, and what a person's ad storage consent is where the event does not say."""

    uet_tag: str
    api_token: SecretStr
    ad_storage_consent: Literal["G", "D"] = "G"


def build(event: StoredEvent, settings: Settings) -> Sequence[Request]:
    """Send one event with the person's ids."""
    if who(event) is None:
        return []
    return [
        Request(
            url=f"https://capi.uet.microsoft.com/v1/{settings.uet_tag}/events",
            headers=bearer(settings.api_token),
            json={"continueOnValidationError": True},
            lists={"data": (_event(event, settings),)},
        )
    ]


def _event(event: StoredEvent, settings: Settings) -> Mapping[str, Any]:
    seen = page(event)
    viewed = event.type == "page" and text(seen.get("url")) is not None
    return present(
        {
            "eventType": "pageLoad" if viewed else "custom",
            "eventId": event.message_id,
            "eventName": text(event.event) or (text(event.name) if not viewed else None),
            "eventTime": epoch_ms(event) // 1000,
            "eventSourceUrl": text(seen.get("url")),
            "referrerUrl": text(seen.get("referrer")),
            "pageTitle": text(seen.get("title")),
            "pageLoadId": text(event.properties.get("page_load_id")),
            "keywords": text(event.properties.get("keywords")),
            "adStorageConsent": "D" if event.privacy.no_share else settings.ad_storage_consent,
            "userData": _person(event),
            "customData": _custom_data(event) if event.type == "track" else None,
        }
    )


def _person(event: StoredEvent) -> Mapping[str, Any]:
    own = {**options(event, *_NAMES), **event.properties}
    known, on = match_keys(event), event_platform(event)
    return present(
        {
            "anonymousId": event.identity.anonymous_id,
            "externalId": event.identity.user_id,
            **{name: known.get(name) for name in ("em", "ph")},
            "clientIpAddress": ip(event),
            "clientUserAgent": user_agent(event),
            **({"idfa" if on == "ios" else "gaid": advertising_id(event)} if on else {}),
            "msclkid": text(own.get("msclkid")) or click_id(event, "msclkid"),
        }
    )


def _custom_data(event: StoredEvent) -> Mapping[str, Any] | None:
    own, bought = event.properties, shopped(event)
    value = money(event, "value", "revenue", "total")
    told_of = {theirs: own.get(name) for theirs, name in _HOTEL.items()}
    hotel = {theirs: one for theirs, one in told_of.items() if isinstance(one, str | int | float)}
    told = present(
        {
            "eventCategory": text(own.get("event_category")),
            "eventLabel": text(own.get("event_label")),
            "pageType": text(own.get("page_type")),
            "ecommCategory": text(own.get("ecomm_category")),
            "ecommTotalValue": money(event, "ecomm_total_value"),
            "eventValue": value,
            "value": value,
            "currency": bought["currency"],
            "transactionId": bought["order_id"],
            "searchTerm": bought["search_string"],
            "itemIds": texts(own.get("item_ids")) or bought["content_ids"],
            "hotelData": hotel or None,
            "items": [_item(product) for product in products(event)] or None,
        }
    )
    return told or None


def _item(product: Mapping[str, Any]) -> Mapping[str, Any]:
    return present(
        {
            "id": product_id(product),
            "name": text(product.get("name")),
            **{name: number(product.get(name)) for name in ("price", "quantity")},
        }
    )


def classify(response: HttpResponse) -> Result:
    """Read which events were refused; of a 400's none was taken, so the good ones are sent again."""
    items = refusals(
        response,
        lambda told: (
            ("data", one["index"], "refused_event", one.get("errorMessage") or "")
            for one in told["error"]["details"]
        ),
    )
    if response.status not in (200, 400) or not items:
        return by_status(response)
    if response.status == 200:
        return Result(Verdict.OK, items=items)
    return Result(Verdict.RETRY, "refused_events", wait_seconds=0.0, items=items)


DESTINATION = Destination(
    slug="microsoft_ads_capi",
    name=_NAMES[0],
    aliases=_NAMES[1:],
    docs="https://learn.microsoft.com/en-us/advertising/guides/uet-conversion-api-integration",
    settings=Settings,
    dedup="`eventId`",
    build=build,
    classify=classify,
    event_types=("track", "page"),
    max_events=1_000,
    max_bytes=1_000_000,
    max_age=timedelta(days=7),
    consent=("Advertising",),
    advertising=True,
)
