"""Braze: tracks as custom events, completed orders as purchases, identify and group as attributes.

Limits: 75 objects a request of `/users/track` and 50 of `/users/identify` (50 here for both), 4 MB,
3,000 requests in three seconds; any age. No dedup key: an identical event counts twice, so what got a
2xx is never sent again. Single refusals come inside a 201 body.
Source: braze.com/docs/api/endpoints/user_data/post_user_track, read 2026-11-23, and post_user_delete, read
2026-11-27.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import batched
from typing import Any

from pydantic import SecretStr

from headwater.destination import Destination, DestinationSettings, Request, Result, Subject
from headwater.destination.address import PublicUrl
from headwater.destination.answer import accepted, refusals, said
from headwater.destination.authorization import bearer
from headwater.destination.reading import (
    at,
    mapping,
    number,
    present,
    products,
    renamed,
    text,
    trait,
    traits,
    viewed,
    who,
)
from headwater.destination.result import by_status, excerpt
from headwater.outcomes import Verdict
from headwater.ports import HttpResponse
from headwater.record import StoredEvent, to_iso

# The label under which a visitor without a user id is known ("user alias object").
_ALIAS_LABEL = "anonymous_id"

# Segment's trait → Braze's own profile field ("user attributes object").
_PROFILE = {
    "email": "email",
    "first_name": "first_name",
    "firstName": "first_name",
    "last_name": "last_name",
    "lastName": "last_name",
    "phone": "phone",
    "avatar": "image_url",
}
_GENDERS = {"male": "M", "m": "M", "female": "F", "f": "F", "other": "O", "o": "O"}
# What an answer that took the request says; anything else in a 2xx took none of it.
_TAKEN = (None, "success", "queued")
_BOUGHT = ("product_id", "price", "quantity", "currency")


class Settings(DestinationSettings):
    """The key of a REST API with user data rights, the app's id, the instance's REST endpoint."""

    api_key: SecretStr
    app_id: str | None = None
    endpoint: PublicUrl


def build(event: StoredEvent, settings: Settings) -> Sequence[Request]:
    """Track the event, or update the profile."""
    if who(event) is None:
        return []
    match event.type:
        case "identify":
            return [
                *_join(event.identity.anonymous_id, event, settings),
                _track(settings, attributes=[_profile(event)]),
            ]
        case "group":
            if event.identity.group_id is None:
                return []
            member = {f"ab_segment_group_{event.identity.group_id}": True}
            return [_track(settings, attributes=[{**_person(event), **member}])]
        case "alias":
            return _join(event.identity.previous_id, event, settings)
        case "track" if event.event == "Order Completed" and _purchases(event, settings):
            return [_track(settings, purchases=_purchases(event, settings))]
        case _:
            return [_track(settings, events=[_event(event, settings)])]


def _track(settings: Settings, **lists: Sequence[Mapping[str, Any]]) -> Request:
    return Request(
        url=_root(settings) + "/users/track", headers=bearer(settings.api_key), json={}, lists=lists
    )


def _event(event: StoredEvent, settings: Settings) -> Mapping[str, Any]:
    return present(
        {
            **_person(event),
            "email": text(trait(event, "email")),
            "app_id": settings.app_id,
            "name": viewed(event),
            "time": to_iso(event.timestamp),
            "properties": event.properties or None,
        }
    )


def _purchases(event: StoredEvent, settings: Settings) -> Sequence[Mapping[str, Any]]:
    """Make one purchase a product: what is not Braze's own becomes its properties."""
    order = {name: value for name, value in event.properties.items() if name != "products"}
    return [
        present(
            {
                **_person(event),
                "app_id": settings.app_id,
                "time": to_iso(event.timestamp),
                "product_id": _product_id(product),
                "currency": text(product.get("currency")) or text(order.get("currency")) or "USD",
                "price": number(product.get("price")) or 0,
                "quantity": max(1, int(number(product.get("quantity")) or 1)),
                "properties": {
                    name: value
                    for name, value in {**order, **product}.items()
                    if name not in _BOUGHT and name != "products"
                },
            }
        )
        for product in products(event)
        if _product_id(product)
    ]


def _product_id(product: Mapping[str, Any]) -> str | None:
    """Find what to count the product by; one without any name is no purchase to Braze."""
    return next(
        filter(None, (text(product.get(key)) for key in ("product_id", "sku", "name"))), None
    )


def _profile(event: StoredEvent) -> Mapping[str, Any]:
    known = renamed(traits(event), _PROFILE)
    address = mapping(known.get("address"))
    gender = text(known.get("gender"))
    return {
        **known,
        **present(
            {
                "dob": (text(known.get("birthday")) or "")[:10] or None,
                "gender": _GENDERS.get(gender.lower()) if gender else None,
                "home_city": text(address.get("city")),
                "country": text(address.get("country")) or text(trait(event, "country")),
                "language": (text(at(event.context, "locale")) or "")[:2] or None,
            }
        ),
        **_person(event),
    }


def _person(event: StoredEvent) -> Mapping[str, Any]:
    if event.identity.user_id:
        return {"external_id": event.identity.user_id}
    return {"user_alias": _alias(event.identity.anonymous_id)}


def _alias(anonymous_id: str | None) -> Mapping[str, Any]:
    return {"alias_name": anonymous_id, "alias_label": _ALIAS_LABEL}


def _join(anonymous_id: str | None, event: StoredEvent, settings: Settings) -> Sequence[Request]:
    """Merge what Braze knew of the visitor into the user."""
    if not (event.identity.user_id and anonymous_id):
        return []
    joined = {"external_id": event.identity.user_id, "user_alias": _alias(anonymous_id)}
    return [
        Request(
            url=_root(settings) + "/users/identify",
            headers=bearer(settings.api_key),
            json={"merge_behavior": "merge"},
            lists={"aliases_to_identify": [joined]},
        )
    ]


def _root(settings: Settings) -> str:
    return settings.endpoint.get_secret_value().rstrip("/")


def delete(subject: Subject, settings: Settings) -> Sequence[Request]:
    """Delete the users and the visitors; Braze keeps nothing of them but that they are gone."""
    people: Mapping[str, Sequence[Any]] = {
        "external_ids": subject.user_ids,
        "user_aliases": [_alias(device) for device in subject.anonymous_ids],
    }
    return [
        Request(
            url=_root(settings) + "/users/delete",
            headers=bearer(settings.api_key),
            json={name: some},  # one kind of id a request, 50 of it
        )
        for name, known in people.items()
        for some in batched(known, 50, strict=False)
    ]


def classify(response: HttpResponse) -> Result:
    """Read which objects of an accepted request were refused; anything else by its status."""
    if not accepted(response):
        return by_status(response)
    if at(said(response), "message") not in _TAKEN:
        return Result(Verdict.SPLIT, "refused_request", excerpt(response))
    return Result(Verdict.OK, items=refusals(response, _refused) or {})


def _refused(answer: Any) -> Iterator[tuple[str, Any, str, str]]:
    for one in answer.get("errors") or ():
        yield str(one["input_array"]), one["index"], "refused_object", str(one.get("type"))


DESTINATION = Destination(
    slug="braze",
    name="Braze Cloud Mode (Actions)",
    aliases=("Braze", "Appboy"),
    docs="https://www.braze.com/docs/api/endpoints/user_data/post_user_track",
    settings=Settings,
    build=build,
    classify=classify,
    delete=delete,
    max_events=50,
    max_bytes=4_000_000,
    rate=1_000,
)
