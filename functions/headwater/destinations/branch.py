"""Branch: tracks as standard or custom events, with the device they came from.

Limits: one event a request, per-app limits by 429. Real time only: an event is filed under its arrival,
so one older than an hour is not sent. No dedup key. Custom data are strings and numbers. An erasure takes
1,000 ids, and ten are taken a minute; Branch opens that API on request only. A wrong key is a 400.
Source: help.branch.io/apidocs/events, read 2026-11-23, and data-subject-request, read 2026-11-28; what a
wrong key is told: public clients of its API, read 2026-11-28.
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from itertools import batched
from typing import Any

from pydantic import SecretStr

from headwater.destination import Destination, DestinationSettings, Request, Subject, Unsendable
from headwater.destination.answer import said
from headwater.destination.device import (
    apple_and_google_ids,
    device,
    event_platform,
    ip,
    platform,
    user_agent,
)
from headwater.destination.flattening import json_text
from headwater.destination.reading import at, mapping, number, present, text, traits, user_id, who
from headwater.destination.result import Result, by_status
from headwater.outcomes import Verdict
from headwater.ports import HttpResponse
from headwater.record import StoredEvent

_API = "https://api2.branch.io/v2/event"

# Segment's spec → Branch's standard events; the names are compared in lower case.
EVENTS = {
    "product added": "ADD_TO_CART",
    "product added to wishlist": "ADD_TO_WISHLIST",
    "cart viewed": "VIEW_CART",
    "checkout started": "INITIATE_PURCHASE",
    "payment info entered": "ADD_PAYMENT_INFO",
    "order completed": "PURCHASE",
    "spend credits": "SPEND_CREDITS",
    "promotion viewed": "VIEW_AD",
    "promotion clicked": "CLICK_AD",
    "reserve": "RESERVE",
    "products searched": "SEARCH",
    "product viewed": "VIEW_ITEM",
    "product list viewed": "VIEW_ITEMS",
    "product reviewed": "RATE",
    "product shared": "SHARE",
    "initiate stream": "INITIATE_STREAM",
    "complete stream": "COMPLETE_STREAM",
    "complete registration": "COMPLETE_REGISTRATION",
    "signed up": "COMPLETE_REGISTRATION",
    "complete tutorial": "COMPLETE_TUTORIAL",
    "achieve level": "ACHIEVE_LEVEL",
    "unlock achievement": "UNLOCK_ACHIEVEMENT",
    "invite": "INVITE",
    "login": "LOGIN",
    "signed in": "LOGIN",
    "start trial": "START_TRIAL",
    "subscribe": "SUBSCRIBE",
}
# A product's property → Branch's content item ("content_items", same page).
_ITEM = {
    "title": "$og_title",
    "description": "$og_description",
    "image_url": "$og_image_url",
    "canonical_identifier": "$canonical_identifier",
    "publicly_indexable": "$publicly_indexable",
    "locally_indexable": "$locally_indexable",
    "price": "$price",
    "quantity": "$quantity",
    "sku": "$sku",
    "name": "$product_name",
    "brand": "$product_brand",
    "category": "$product_category",
    "variant": "$product_variant",
    "rating_average": "$rating_average",
    "rating_count": "$rating_count",
    "rating_max": "$rating_max",
    "creating_timestamp": "$creation_timestamp",
    "exp_date": "$exp_date",
    "keywords": "$keywords",
    "address_street": "$address_street",
    "address_city": "$address_city",
    "address_region": "$address_region",
    "address_country": "$address_country",
    "address_postal_code": "$address_postal_code",
    "latitude": "$latitude",
    "longitude": "$longitude",
    "image_captions": "$image_captions",
    "condition": "$condition",
}
_EVENT_DATA = {"transaction_id", "currency", "revenue", "shipping", "tax", "coupon", "search_query"}
# Standard events that are about the person, and so have no items.
_LIFECYCLE = {
    "COMPLETE_REGISTRATION",
    "COMPLETE_TUTORIAL",
    "ACHIEVE_LEVEL",
    "UNLOCK_ACHIEVEMENT",
    "INVITE",
    "LOGIN",
    "START_TRIAL",
    "SUBSCRIBE",
}
_OF_KEY = ("Invalid or missing app id, Branch key, or secret", "Authentication failed !")


class Settings(DestinationSettings):
    """The app's Branch key; what an identify is called there (null: the user's id, as RudderStack does).

    The app's id and an access token of somebody who may see sensitive data are what erasures need.
    """

    branch_key: SecretStr
    identify_event: str | None = "Identify"
    app_id: str | None = None
    access_token: SecretStr | None = None


def build(event: StoredEvent, settings: Settings) -> Sequence[Request]:
    """Send the event; an identify is a custom event that carries the developer identity."""
    if who(event) is None:
        return []
    name, standard = _name(event, settings)
    told = event.properties if event.type == "track" else traits(event)
    return [
        Request(
            url=f"{_API}/{'standard' if standard else 'custom'}",
            headers={"Accept": "application/json"},
            json={
                "branch_key": settings.branch_key.get_secret_value(),
                "name": name,
                "user_data": _user_data(event),
                **_content(told, name, standard=standard),
            },
        )
    ]


def _name(event: StoredEvent, settings: Settings) -> tuple[str, bool]:
    if event.type == "identify":
        return settings.identify_event or who(event) or "Identify", False
    name = text(event.event) or "Unnamed"
    found = EVENTS.get(name.lower())
    return (found, True) if found else (name, False)


def _content(told: Mapping[str, Any], name: str, *, standard: bool) -> Mapping[str, Any]:
    """Part what the event tells: the items it is about, its own data, and all the rest."""
    shop = standard and name not in _LIFECYCLE
    items, event_data, rest = list[Mapping[str, Any]](), dict[str, Any](), dict[str, Any]()
    listed = told.get("products") if shop else None
    for about in (*map(mapping, listed if isinstance(listed, list) else ()), told):
        item = {}
        for key, value in about.items():
            if value is None or (shop and key == "products"):
                continue
            if shop and key in _ITEM:
                item[_ITEM[key]] = value
            elif (shop and key in _EVENT_DATA) or (standard and key == "description"):
                event_data[key] = value
            else:
                # What no item has a place for; of several products the last one's.
                rest[key] = _scalar(value)
        items.append(item)
    for ours, theirs in (("order_id", "transaction_id"), ("query", "search_query")):
        if shop and text(told.get(ours)):
            event_data.setdefault(theirs, told[ours])
    return present(
        {
            "content_items": list(filter(None, items)) or None,
            "event_data": event_data or None,
            "custom_data": rest or None,
        }
    )


def _scalar(value: object) -> object:
    return json_text(value) if isinstance(value, Mapping | list) else value


def _user_data(event: StoredEvent) -> Mapping[str, Any]:
    os_name = text(at(event.context, "os", "name"))
    on = platform(os_name) or (None if os_name else event_platform(event))
    status = device(event).get("attTrackingStatus")
    return present(
        {
            "os": os_name,
            "os_version": text(at(event.context, "os", "version")),
            "app_version": text(at(event.context, "app", "version")),
            "brand": text(device(event).get("brand")) or text(device(event).get("manufacturer")),
            "model": text(device(event).get("model")),
            "screen_dpi": number(at(event.context, "screen", "density")),
            "screen_height": number(at(event.context, "screen", "height")),
            "screen_width": number(at(event.context, "screen", "width")),
            "developer_identity": user_id(event) or event.identity.anonymous_id,
            "user_agent": user_agent(event),
            "ip": ip(event),
            **apple_and_google_ids(event, on),
            # Apple's App Tracking Transparency: 3 is authorised, 2 denied.
            "limit_ad_tracking": status == 2 if status in (2, 3) else None,
        }
    )


def delete(subject: Subject, settings: Settings) -> Sequence[Request] | Unsendable:
    """Ask for the erasure of all that is filed under each of the person's ids."""
    if settings.app_id is None or settings.access_token is None:
        return Unsendable("app_id_or_access_token_not_set")
    known = [
        {"identity_type": "DEVELOPER_ID", "identity_value": one, "identity_format": "raw"}
        for one in subject.ids
    ]
    return [
        Request(
            url="https://api2.branch.io/v1/gdpr",
            params={"app_id": settings.app_id},
            headers={"Access-Token": settings.access_token.get_secret_value()},
            json={"subject_request_type": "erasure", "subject_identities": some},
        )
        for some in batched(known, 1_000, strict=False)
    ]


def classify(response: HttpResponse) -> Result:
    """See that a 400 speaks of the key, and not of the event; anything else by its status."""
    if response.status == 400 and text(at(said(response), "error", "message")) in _OF_KEY:
        return Result(Verdict.AUTH, "invalid_key")
    return by_status(response)


DESTINATION = Destination(
    slug="branch",
    name="Branch Metrics",
    aliases=("Branch",),
    docs="https://help.branch.io/apidocs/events",
    settings=Settings,
    build=build,
    classify=classify,
    delete=delete,
    event_types=("track", "identify"),
    max_age=timedelta(hours=1),
    consent=("Advertising",),
    advertising=True,
)
