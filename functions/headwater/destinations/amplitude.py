"""Amplitude: tracks as events, identify as user properties, group as group properties.

Limits: HTTP V2 takes 2,000 events under 1 MB a request, 30 events a second of one user; any age.
Dedup: `insert_id`, seven days. A 400 takes none of the batch and names the bad ones: the others are
sent again. Ids shorter than five characters are refused unless `min_id_length` says otherwise. It reads
the browser and its system from `user_agent`. An erasure takes 100 users, and up to 30 days.
Source: amplitude.com/docs/apis/analytics/http-v2, read 2026-11-05, user-privacy, read 2026-11-27, and its
SDKs for Python (1.3.0: answers) and browsers (2.48.1: `user_agent`), read 2026-11-28.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import batched
from typing import Annotated, Any, Literal

from pydantic import Field, SecretStr

from headwater.destination import (
    Destination,
    DestinationSettings,
    Request,
    Result,
    Subject,
    Unsendable,
)
from headwater.destination.answer import refusals, said
from headwater.destination.authorization import basic
from headwater.destination.commerce import bought, money
from headwater.destination.flattening import json_text
from headwater.destination.options import options
from headwater.destination.reading import (
    at,
    campaign,
    epoch_ms,
    mapping,
    number,
    page,
    present,
    products,
    text,
    traits,
    viewed,
    who,
)
from headwater.destination.result import by_status, excerpt
from headwater.outcomes import Verdict
from headwater.ports import HttpResponse
from headwater.record import StoredEvent

_NAMES = ("Amplitude (Actions)", "Actions Amplitude", "Amplitude")
# Where a region takes events, and where it takes requests of privacy.
_HOSTS = {
    "us": ("https://api2.amplitude.com", "https://amplitude.com"),
    "eu": ("https://api.eu.amplitude.com", "https://analytics.eu.amplitude.com"),
}

_CONTEXT = {
    "app_version": ("app", "version"),
    "carrier": ("network", "carrier"),
    "city": ("location", "city"),
    "country": ("location", "country"),
    "region": ("location", "region"),
    "device_manufacturer": ("device", "manufacturer"),
    "device_model": ("device", "model"),
    "adid": ("device", "advertisingId"),
    "idfa": ("device", "advertisingId"),
    "idfv": ("device", "id"),
    "ip": ("ip",),
    "language": ("locale",),
    "location_lat": ("location", "latitude"),
    "location_lng": ("location", "longitude"),
    "os_name": ("os", "name"),
    "os_version": ("os", "version"),
    "user_agent": ("userAgent",),
}


class Settings(DestinationSettings):
    """The project's key, where it lives, how short an id may be, what its groups are called.

    `product_events` sends a "Product Purchased" for each product of an order, as Segment does;
    `secret_key` is the project's, which erasures need.
    """

    api_key: SecretStr
    secret_key: SecretStr | None = None
    region: Literal["us", "eu"] = "us"
    min_id_length: Annotated[int, Field(ge=1, le=50)] | None = None
    group_type: str = "Company"
    product_events: bool = True


def build(event: StoredEvent, settings: Settings) -> Sequence[Request]:
    """Send an event, or what is known of a user or a group."""
    if who(event) is None:
        return []
    match event.type:
        case "identify":
            seen = {"platform": _platform(event), "language": text(event.context.get("locale"))}
            known = {"user_properties": {**traits(event), **_origin(event)}}
            return [_form(settings, "/identify", {**_names(event), **present(seen), **known})]
        case "group":
            return _group(event, settings)
        case _:
            return [_event(event, settings)]


def _event(event: StoredEvent, settings: Settings) -> Request:
    around = present(
        {
            **_names(event),
            **{name: at(event.context, *path) for name, path in _CONTEXT.items()},
            "platform": _platform(event),
            "user_properties": {**event.traits, **_origin(event)} or None,
            "session_id": number(options(event, *_NAMES).get("session_id")),
            "time": epoch_ms(event),
        }
    )
    said = {"event_type": viewed(event), "event_properties": event.properties, **_purchase(event)}
    items = [{**around, **said, "insert_id": event.message_id}]
    for place, product in enumerate(bought(event) if settings.product_events else (), start=1):
        own = {"event_type": "Product Purchased", "event_properties": product}
        items.append({**around, **own, "insert_id": f"{event.message_id} {place}"})
    return Request(
        url=f"{_HOSTS[settings.region][0]}/2/httpapi",
        json=present({"api_key": settings.api_key.get_secret_value(), "options": _ids(settings)}),
        lists={"events": items},
    )


def _purchase(event: StoredEvent) -> Mapping[str, Any]:
    """Say what was bought or looked at; only a completed order is revenue."""
    listed = [
        present(
            {
                "productId": text(product.get("product_id")),
                "price": number(product.get("price")),
                "quantity": number(product.get("quantity")),
            }
        )
        for product in products(event)
    ]
    revenue = money(event, "revenue", "total") if event.event == "Order Completed" else None
    kind = "Purchase" if revenue is not None else None
    return present({"products": listed or None, "revenue": revenue, "revenueType": kind})


def _names(event: StoredEvent) -> Mapping[str, Any]:
    """Name the user and the device: the phone's own id, else the browser's."""
    device = text(at(event.context, "device", "id")) or event.identity.anonymous_id
    return present({"user_id": event.identity.user_id, "device_id": device})


def _platform(event: StoredEvent) -> str | None:
    if kind := text(at(event.context, "device", "type")):
        return {"ios": "iOS", "android": "Android"}.get(kind.lower(), kind)
    return "Web" if event.context.get("page") else None


def _origin(event: StoredEvent) -> Mapping[str, Any]:
    """Say where the visitor came from: now, and the first time."""
    found = {**campaign(event), **present({"referrer": text(page(event).get("referrer"))})}
    if not found:
        return {}
    return {"$set": found, "$setOnce": {f"initial_{name}": one for name, one in found.items()}}


def _group(event: StoredEvent, settings: Settings) -> Sequence[Request]:
    group_id = event.identity.group_id
    if group_id is None:
        return []
    group = {
        "group_type": settings.group_type,
        "group_value": group_id,
        "group_properties": event.traits,
    }
    member = {**_names(event), "groups": {settings.group_type: group_id}}
    return [_form(settings, "/identify", member), _form(settings, "/groupidentify", group)]


def _form(settings: Settings, path: str, identification: Mapping[str, Any]) -> Request:
    said = {"identification": identification, **present({"options": _ids(settings)})}
    return Request(
        url=_HOSTS[settings.region][0] + path,
        form={
            "api_key": settings.api_key.get_secret_value(),
            **{name: json_text(one) for name, one in said.items()},
        },
    )


def _ids(settings: Settings) -> Mapping[str, int] | None:
    return {"min_id_length": settings.min_id_length} if settings.min_id_length else None


def delete(subject: Subject, settings: Settings) -> Sequence[Request] | Unsendable:
    """Ask for the erasure of each user in this project; devices that were never a user have no call."""
    if settings.secret_key is None:
        return Unsendable("secret_key_not_set")
    return [
        Request(
            url=f"{_HOSTS[settings.region][1]}/api/2/deletions/users",
            headers=basic(settings.api_key, settings.secret_key),
            json={"user_ids": some, "ignore_invalid_id": "True"},
        )
        for some in batched(subject.user_ids, 100, strict=False)
    ]


def classify(response: HttpResponse) -> Result:
    """Read a 400: a wrong key, or which events of the batch were bad; and who a 429 is about."""
    if response.status == 429 and (over := _over_quota(mapping(said(response)))):
        return Result(Verdict.RETRY, "batch_refused_for_others", wait_seconds=0.0, alike=over)
    if response.status != 400:
        return by_status(response)
    if b"api key" in response.body.lower() or b"api_key" in response.body.lower():
        return Result(Verdict.AUTH, "invalid_api_key", excerpt(response))
    bad = refusals(response, _bad)
    if not bad:
        return by_status(response)
    return Result(Verdict.RETRY, "batch_refused_for_others", wait_seconds=0.0, items=bad)


def _bad(answer: Any) -> Iterator[tuple[str, Any, str, str]]:
    for key, reason in (
        ("events_with_invalid_fields", "invalid"),
        ("events_with_missing_fields", "missing"),
        ("events_with_invalid_id_lengths", "too_short"),
    ):
        for field, places in (answer.get(key) or {}).items():
            for place in places:
                yield "events", place, f"{reason}_{field}", ""
    for place in answer.get("silenced_events") or ():
        yield "events", place, "silenced_device", ""


def _over_quota(told: Mapping[str, Any]) -> Sequence[tuple[Mapping[str, Any], Result]]:
    """Name who sent more than one may in a day, which is longer than anything waits here."""
    kinds = {"user_id": "exceeded_daily_quota_users", "device_id": "exceeded_daily_quota_devices"}
    dropped = Result(Verdict.DROP, "daily_quota_exceeded")
    return [({name: one}, dropped) for name, key in kinds.items() for one in mapping(told.get(key))]


DESTINATION = Destination(
    slug="amplitude",
    name=_NAMES[0],
    aliases=_NAMES[1:],
    docs="https://amplitude.com/docs/apis/analytics/http-v2",
    settings=Settings,
    dedup="`insert_id`, seven days",
    build=build,
    classify=classify,
    delete=delete,
    event_types=("track", "page", "screen", "identify", "group"),
    max_events=2_000,
    max_bytes=1_000_000,
)
