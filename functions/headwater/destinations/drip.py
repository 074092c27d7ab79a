"""Drip: subscribers, their events, and orders as shopper activity.

Limits: 3,600 requests an hour an account, one item each here; any age. No dedup key for events; an order
is its id and action. Drip knows people by e-mail address: without one there is nothing to send.
Source: developer.drip.com (subscribers, events, order activity, rate limiting), and the deletion as Drip's
own client calls it (drip-ruby), read 2026-11-27.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

from pydantic import SecretStr

from headwater.destination import Destination, DestinationSettings, Request, Subject
from headwater.destination.authorization import basic
from headwater.destination.flattening import json_text
from headwater.destination.reading import (
    email,
    mapping,
    number,
    present,
    products,
    text,
    traits,
    user_id,
    viewed,
)
from headwater.record import StoredEvent, to_iso

_API = "https://api.getdrip.com"
_ADDRESS = r"[^@\s]+@[^@\s]+\.[^@\s.]+"
_MOMENT = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z?"
_FIELD_NAME = r"\w+"
_MAX_LIST_CHARACTERS, _MAX_VALUE_CHARACTERS = 910, 1_000

# Segment's trait → Drip's own field.
_SUBSCRIBER = {
    "newEmail": "new_email",
    "phone": "phone",
    "firstName": "first_name",
    "firstname": "first_name",
    "first_name": "first_name",
    "lastName": "last_name",
    "lastname": "last_name",
    "last_name": "last_name",
    "tags": "tags",
    "removeTags": "remove_tags",
    "status": "status",
    "initialStatus": "initial_status",
    "timeZone": "time_zone",
    "country": "country",
    "city": "city",
    "zip": "zip",
    "address2": "address2",
    "euConsent": "eu_consent",
    "euConsentMessage": "eu_consent_message",
    "lifetimeValue": "lifetime_value",
    "prospect": "prospect",
    "baseLeadScore": "base_lead_score",
}
_APART = {*_SUBSCRIBER, "email", "name", "address", "id", "userId", "anonymousId"}
_APART |= {"customFields", "doubleOptin", "startingEmailIndex", "reactivateIfRemoved"}

# Segment's order event → what Drip calls it.
_ORDERS = {
    "checkout started": "placed",
    "order completed": "paid",
    "order updated": "updated",
    "order refunded": "refunded",
    "order cancelled": "canceled",
    "order fulfilled": "fulfilled",
    "fulfilled": "fulfilled",
}
_ORDER = {
    "order_public_id": "order_public_id",
    "total": "grand_total",
    "discount": "total_discounts",
    "tax": "total_taxes",
    "total_fees": "total_fees",
    "shipping": "total_shipping",
    "refund_amount": "refund_amount",
    "currency": "currency",
    "order_url": "order_url",
    "billing_address": "billing_address",
    "shipping_address": "shipping_address",
    "initial_status": "initial_status",
}
_ITEM = {
    "product_id": "product_id",
    "sku": "sku",
    "name": "name",
    "product_variant_id": "product_variant_id",
    "brand": "brand",
    "price": "price",
    "quantity": "quantity",
    "categories": "categories",
    "discounts": "discounts",
    "taxes": "taxes",
    "fees": "fees",
    "shipping": "shipping",
    "total": "total",
    "url": "product_url",
    "image_url": "image_url",
}


class Settings(DestinationSettings):
    """An API token, the account's id, and the e-mail series that identified people are put into."""

    api_key: SecretStr
    account_id: str
    campaign_id: str | None = None


def build(event: StoredEvent, settings: Settings) -> Sequence[Request]:
    """Create or update the subscriber, or record the event or the order."""
    address = email(event) or ""
    if not re.fullmatch(_ADDRESS, address):
        return []
    if event.type == "identify":
        return _identified(event, settings, address)
    name = viewed(event).strip().lower()
    action = _ORDERS.get(name) if event.type == "track" else None
    if action is not None and text(event.properties.get("order_id")):
        order = _order(event, address, action)
        return [_request(settings, "v3", "shopper_activity/order", order)]
    return [_request(settings, "v2", "events", {"events": [_event(event, address, name)]})]


def _identified(event: StoredEvent, settings: Settings, address: str) -> Sequence[Request]:
    known = {"subscribers": [_subscriber(event, address)]}
    requests = [_request(settings, "v2", "subscribers", known)]
    if settings.campaign_id is not None:
        said = traits(event)
        starting = {
            "email": address,
            "double_optin": said.get("doubleOptin"),
            "starting_email_index": said.get("startingEmailIndex"),
            "reactivate_if_removed": said.get("reactivateIfRemoved"),
        }
        path = f"campaigns/{quote(settings.campaign_id, safe='')}/subscribers"
        requests.append(_request(settings, "v2", path, {"subscribers": [present(starting)]}))
    return requests


def _subscriber(event: StoredEvent, address: str) -> Mapping[str, Any]:
    known = traits(event)
    place = mapping(known.get("address"))
    first, _, last = (text(known.get("name")) or "").partition(" ")
    own = {ours: known[name] for name, ours in _SUBSCRIBER.items() if known.get(name) is not None}
    line = " ".join(filter(None, map(text, place.values()))) or text(known.get("address"))
    fields = known.get("customFields") or {
        name: value for name, value in known.items() if name not in _APART and _fits(name, value)
    }
    return present(
        {
            "email": address,
            "user_id": user_id(event) or event.identity.anonymous_id,
            "first_name": first or None,
            "last_name": last or None,
            "ip_address": text(event.context.get("ip")),
            "address1": line,
            "country": text(place.get("country")),
            "city": text(place.get("city")),
            "zip": text(place.get("zip")) or text(place.get("postalCode")),
            **own,
            "custom_fields": fields or None,
        }
    )


def _fits(name: str, value: Any) -> bool:
    """Tell what Drip takes as a custom field: it refuses the subscriber for any that it does not."""
    if value is None or not re.fullmatch(_FIELD_NAME, name):
        return False
    if isinstance(value, list | Mapping):
        return len(json_text(value)) <= _MAX_LIST_CHARACTERS
    return len(str(value)) <= _MAX_VALUE_CHARACTERS


def _event(event: StoredEvent, address: str, name: str) -> Mapping[str, Any]:
    own = event.properties.get("customFields")
    apart = {"email", "prospect", "occurred_at", "customFields"}
    others = {key: value for key, value in event.properties.items() if key not in apart}
    return present(
        {
            "email": address,
            "action": name,
            "occurred_at": _moment(event),
            "prospect": event.properties.get("prospect"),
            "properties": own if isinstance(own, Mapping) else others or None,
        }
    )


def _moment(event: StoredEvent) -> str:
    """Return when it happened; Drip's own `occurred_at` among the properties has the last word."""
    own = text(event.properties.get("occurred_at")) or ""
    return own if re.fullmatch(_MOMENT, own) else to_iso(event.timestamp)


def _order(event: StoredEvent, address: str, action: str) -> Mapping[str, Any]:
    said = event.properties
    items = [
        {ours: product[name] for name, ours in _ITEM.items() if product.get(name) is not None}
        for product in products(event)
        if text(product.get("name")) and number(product.get("price")) is not None
    ]
    return {
        "provider": text(said.get("affiliation")) or event.source.id,
        "email": address,
        "action": action,
        "order_id": text(said.get("order_id")),
        "occurred_at": _moment(event),
        **{ours: said[name] for name, ours in _ORDER.items() if said.get(name) is not None},
        **({"items": items} if items else {}),
    }


def _request(
    settings: Settings,
    version: str,
    path: str,
    content: Mapping[str, Any] | None,
    *,
    method: str = "POST",
) -> Request:
    return Request(
        method=method,
        url=f"{_API}/{version}/{quote(settings.account_id, safe='')}/{path}",
        headers=basic(settings.api_key),
        json=content,
    )


def delete(subject: Subject, settings: Settings) -> Sequence[Request]:
    """Delete each subscriber, by e-mail address."""
    paths = [f"subscribers/{quote(address, safe='')}" for address in subject.emails]
    return [_request(settings, "v2", path, None, method="DELETE") for path in paths]


DESTINATION = Destination(
    slug="drip",
    name="Drip",
    docs="https://developer.drip.com/",
    settings=Settings,
    build=build,
    delete=delete,
    event_types=("track", "page", "screen", "identify"),
    rate=1,
)
