"""Iterable: events in bulk, purchases and carts as commerce, people as user profiles.

Limits: 1,000 events a request (4 MB), 500 requests a second of `users/update`, fewer of others; any age.
Dedup: an event's `id`, which updates the event that has it; a purchase's is its order. A bulk request
answers 200 and names its failures by e-mail, user id or name of event, never by place.
Source: api.iterable.com/api/docs, events/trackBulk and commerce/trackPurchase, and its deletions as a
client made of that description names them (iterable-php), read 2026-11-27.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC
from typing import Any, Literal
from urllib.parse import quote

from pydantic import SecretStr

from headwater.destination import Destination, DestinationSettings, Request, Result, Subject
from headwater.destination.answer import accepted, said
from headwater.destination.moments import rewritten
from headwater.destination.reading import email, number, present, products, text, traits, viewed
from headwater.destination.result import by_status, excerpt
from headwater.outcomes import Verdict
from headwater.ports import HttpResponse
from headwater.record import StoredEvent

_HOSTS = {"us": "https://api.iterable.com", "eu": "https://api.eu.iterable.com"}

# Segment's product → Iterable's item; what is not here becomes the item's `dataFields`.
_ITEM = {"sku": "sku", "url": "url", "image_url": "imageUrl", "description": "description"}
_NAMED = {"Emails": "email", "UserIds": "userId"}
_OF_ITEM = {*_ITEM, "product_id", "name", "price", "quantity", "category", "categories"}


class Settings(DestinationSettings):
    """A server-side API key, and the data centre of the project."""

    api_key: SecretStr
    region: Literal["us", "eu"] = "us"


def build(event: StoredEvent, settings: Settings) -> Sequence[Request]:
    """Track the event, the purchase or the cart, or update the person."""
    if event.type == "alias":
        return _renamed(event, settings)
    if not _person(event):
        return []
    match event.type:
        case "identify":
            profile = {**_person(event), "dataFields": _profile(event), "mergeNestedObjects": False}
            return [_request(settings, "/users/update", profile)]
        case "track" if event.event == "Order Completed" and products(event):
            return [_request(settings, "/commerce/trackPurchase", _purchase(event))]
        case "track" if event.event == "Cart Updated":
            cart = {"user": _buyer(event), "items": _items(event)}
            return [_request(settings, "/commerce/updateCart", cart)]
        case _:
            return [_request(settings, "/events/trackBulk", {}, events=[_event(event)])]


def _event(event: StoredEvent) -> Mapping[str, Any]:
    return present(
        {
            **_person(event),
            "eventName": viewed(event),
            "id": event.message_id,
            "createdAt": int(event.timestamp.timestamp()),
            "dataFields": _dated(event.properties),
            **_campaign(event),
        }
    )


def _purchase(event: StoredEvent) -> Mapping[str, Any]:
    order = {name: value for name, value in event.properties.items() if name != "products"}
    total = number(order.get("total"))
    return present(
        {
            "id": text(order.get("order_id")) or event.message_id,
            "user": _buyer(event),
            "items": _items(event),
            "total": total if total is not None else number(order.get("revenue")) or 0,
            "createdAt": int(event.timestamp.timestamp()),
            "dataFields": _dated(order),
            **_campaign(event),
        }
    )


def _items(event: StoredEvent) -> Sequence[Mapping[str, Any]]:
    return [
        present(
            {
                "id": text(product.get("product_id")) or text(product.get("sku")),
                "name": text(product.get("name")),
                "price": number(product.get("price")),
                "quantity": number(product.get("quantity")) or 1,
                "categories": [product["category"]] if text(product.get("category")) else None,
                **{ours: text(product.get(name)) for name, ours in _ITEM.items()},
                "dataFields": {
                    name: value for name, value in product.items() if name not in _OF_ITEM
                },
            }
        )
        for product in products(event)
    ]


def _person(event: StoredEvent) -> Mapping[str, str]:
    return present({"email": email(event), "userId": event.identity.user_id})


def _buyer(event: StoredEvent) -> Mapping[str, Any]:
    return {**_person(event), "dataFields": _profile(event), "mergeNestedObjects": False}


def _profile(event: StoredEvent) -> Mapping[str, Any]:
    known = traits(event)
    return present({**_dated(known), "phoneNumber": text(known.get("phone"))})


def _campaign(event: StoredEvent) -> Mapping[str, Any]:
    """Attribute the event to what Iterable sent, when the call says so."""
    names = ("campaignId", "templateId")
    return {name: number(event.properties.get(name)) for name in names}


def _dated(value: Any) -> Any:
    """Write moments as Iterable reads them (`2026-03-01 12:00:00 +00:00`); dates alone stay."""
    return rewritten(
        value, lambda moment: f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S} +00:00", days=False
    )


def _renamed(event: StoredEvent, settings: Settings) -> Sequence[Request]:
    """Change a person's e-mail address; any other alias has no word in Iterable."""
    before, after = event.identity.previous_id, event.identity.user_id
    if not (before and after and "@" in before and "@" in after):
        return []
    return [_request(settings, "/users/updateEmail", {"currentEmail": before, "newEmail": after})]


def _request(
    settings: Settings,
    path: str,
    body: Mapping[str, Any] | None,
    *,
    method: str = "POST",
    **lists: Sequence[Any],
) -> Request:
    return Request(
        method=method,
        url=f"{_HOSTS[settings.region]}/api{path}",
        headers={"Api-Key": settings.api_key.get_secret_value()},
        json=body,
        lists=lists,
    )


def delete(subject: Subject, settings: Settings) -> Sequence[Request]:
    """Delete each profile, by user id and by e-mail address."""
    paths = [f"/users/byUserId/{quote(one, safe='')}" for one in subject.user_ids]
    paths += [f"/users/{quote(one, safe='')}" for one in subject.emails]
    return [_request(settings, path, None, method="DELETE") for path in paths]


def classify(response: HttpResponse) -> Result:
    """Read who of a bulk request failed; when it does not say, halves find them."""
    if not accepted(response):
        return by_status(response)
    try:
        answer = said(response)
        if not int(answer.get("failCount") or 0):
            return Result(Verdict.OK)
        alike = [
            ({name: one}, Result(Verdict.DROP, reason))
            for reason, listed in {**answer, **(answer.get("failedUpdates") or {})}.items()
            if (name := _named_by(reason))
            for one in listed or ()
        ]
    except (AttributeError, TypeError, ValueError):
        return Result(Verdict.OK)
    if alike:
        return Result(Verdict.OK, alike=alike)
    return Result(Verdict.SPLIT, "refused_event", excerpt(response))


def _named_by(listed: str) -> str | None:
    """Tell what the list's entries are of an event: `notFoundEmails` its `email`."""
    if listed == "disallowedEventNames":
        return "eventName"
    return next((ours for end, ours in _NAMED.items() if listed.endswith(end)), None)


DESTINATION = Destination(
    slug="iterable",
    name="Iterable (Actions)",
    aliases=("Iterable",),
    docs="https://api.iterable.com/api/docs",
    settings=Settings,
    dedup="an event's `id`; an order's id",
    build=build,
    classify=classify,
    delete=delete,
    event_types=("track", "page", "screen", "identify", "alias"),
    max_events=1_000,
    max_bytes=4_000_000,
)
