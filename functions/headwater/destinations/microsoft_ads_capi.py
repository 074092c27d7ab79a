"""Microsoft Advertising (UET) Conversions API: tracks as custom events, pages as page loads, people hashed.

Limits: 1,000 events a request, seven days of age. Dedup: `eventId`. It names refused events by their
index and takes the others. An e-mail address and a telephone number are hashed; the visitor's and the
user's ids go as they are.
Source: learn.microsoft.com/en-us/advertising/guides/uet-conversion-api-integration, read 2026-11-23.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, Literal

from pydantic import SecretStr

from headwater.destination import Destination, DestinationSettings, Request, Result
from headwater.destination.commerce import (
    currency,
    known_products,
    money,
    order_id,
    product_id,
    searched,
)
from headwater.destination.device import advertising_id, event_platform, ip, user_agent
from headwater.destination.hashing import digits, hashed
from headwater.destination.options import click_id, options
from headwater.destination.reading import (
    epoch_ms,
    mapping,
    number,
    page,
    present,
    products,
    text,
    trait,
    who,
)
from headwater.destination.result import by_status
from headwater.outcomes import Verdict
from headwater.ports import HttpResponse
from headwater.record import StoredEvent

_NAMES = ("Microsoft Bing CAPI (Actions)", "Microsoft Ads CAPI", "Bing Ads")


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
            headers={"Authorization": f"Bearer {settings.api_token.get_secret_value()}"},
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
            "customData": _custom_data(event) or None,
        }
    )


def _person(event: StoredEvent) -> Mapping[str, Any]:
    own = options(event, *_NAMES)
    on = event_platform(event)
    return present(
        {
            "anonymousId": event.identity.anonymous_id,
            "externalId": event.identity.user_id,
            "em": hashed(trait(event, "email")),
            "ph": hashed(trait(event, "phone"), digits),
            "clientIpAddress": ip(event),
            "clientUserAgent": user_agent(event),
            **({"idfa" if on == "ios" else "gaid": advertising_id(event)} if on else {}),
            "msclkid": text(event.properties.get("msclkid"))
            or text(own.get("msclkid"))
            or click_id(event, "msclkid"),
        }
    )


def _custom_data(event: StoredEvent) -> Mapping[str, Any]:
    if event.type == "page":
        return {}
    value = money(event, "value", "revenue", "total")
    bought = known_products(event)
    return present(
        {
            "eventCategory": text(event.properties.get("event_category")),
            "eventLabel": text(event.properties.get("event_label")),
            "eventValue": value,
            "value": value,
            "currency": currency(event),
            "transactionId": order_id(event),
            "searchTerm": searched(event),
            "pageType": text(event.properties.get("page_type")),
            "itemIds": [product_id(product) for product in bought] or None,
            "items": [_item(product) for product in products(event)] or None,
        }
    )


def _item(product: Mapping[str, Any]) -> Mapping[str, Any]:
    return present(
        {
            "id": product_id(product),
            "name": text(product.get("name")),
            "price": number(product.get("price")),
            "quantity": number(product.get("quantity")),
        }
    )


def classify(response: HttpResponse) -> Result:
    """Read which events were refused; anything else by its status.

    A 400 took none of them, so the good ones are sent again without the bad.
    """
    if response.status not in (200, 400):
        return by_status(response)
    try:
        details = mapping(mapping(json.loads(response.body)).get("error"))["details"]
        items = {
            ("data", int(one["index"])): Result(
                Verdict.DROP, "refused_event", str(one.get("errorMessage"))[:500]
            )
            for one in details
        }
    except (AttributeError, KeyError, TypeError, ValueError):
        return by_status(response)
    if not items:
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
