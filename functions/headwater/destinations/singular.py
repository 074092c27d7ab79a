"""Singular: tracks as events of a device or a game, and those that open the app as sessions.

Limits: one event a request, all of it in the address. Each product of an order is a revenue event of its
own. No dedup key. An erasure (OpenDSR) knows a person by the user id, app by app; what only a device is
known by stays.
Source: support.singular.net/hc/en-us/articles/360048588672 (server-to-server endpoint reference), read
2026-11-23, 17499952586779 (games on PC and consoles), read 2026-11-27, and 360045674671 (GDPR API), read
2026-11-28: its address and kinds of id; that the key stands bare in its header is how public code calls it.
"""

from collections.abc import Iterator, Mapping, Sequence, Set
from datetime import datetime
from typing import Any

from pydantic import SecretStr

from headwater.destination import Destination, DestinationSettings, Request, Subject, Unsendable
from headwater.destination.device import (
    Platform,
    advertising_id,
    device,
    ip,
    platform,
    user_agent,
)
from headwater.destination.flattening import json_text, scalar_text
from headwater.destination.reading import at, epoch_ms, mapping, number, present, text, user_id
from headwater.record import StoredEvent

_API = "https://s2s.singular.net/api/v1"
_SESSIONS = {"application installed", "application updated", "application opened"}
_NAMES = {"android": "Android", "ios": "iOS"}
_GAMES = {"pc", "xbox", "playstation", "nintendo", "metaquest"}
_OF_GAME = ("os", "match_id", "use_ip", "install", "install_source", "data_sharing_options")
_SKAN = ("skan_first_call_timestamp", "skan_last_call_timestamp")
# Singular has parameters of its own for these; all others go as the event's attributes.
_BOUGHT = {"price", "quantity", "currency", "product_id", "sku", "products", "is_revenue_event"}
_RECEIPT = {"purchase_receipt", "purchase_transaction_id", "receipt_signature"}
_NOT_ATTRIBUTES = frozenset({"asid", "skan_conversion_value", *_SKAN} | _BOUGHT | _RECEIPT)


class Settings(DestinationSettings):
    """The account's SDK key; `session_events` are tracks that begin a session, beside the app's own.

    What erasures need: `privacy_key`, and `apps` as Singular names them (`iOS:com.example.shop`).
    """

    api_key: SecretStr
    session_events: tuple[str, ...] = ()
    privacy_key: SecretStr | None = None
    apps: tuple[str, ...] = ()


def build(event: StoredEvent, settings: Settings) -> Sequence[Request] | Unsendable:
    """Send a session, an event, or one event for each product."""
    name, system = text(event.event) or "Unnamed", text(at(event.context, "os", "name")) or ""
    opened: Mapping[str, str | None] = {}
    if system.lower() in _GAMES:
        where, apart = _game(event, system.lower()), _NOT_ATTRIBUTES.union(_OF_GAME)
    elif on := platform(system, device(event).get("type")):
        where, opened, apart = _device(event, on), _session(event, on, name), _NOT_ATTRIBUTES
    else:
        return Unsendable("no_device")
    common = {"a": settings.api_key.get_secret_value(), **where}
    if name in settings.session_events or name.lower() in _SESSIONS:
        return [_request("/launch", {**common, **opened})]
    own = _event(event, name, apart)
    listed = event.properties.get("products")
    bought = [one for one in map(mapping, listed if isinstance(listed, list) else ()) if one]
    if not bought:
        return [_request("/evt", {**common, **own})]
    return [_request("/evt", {**common, **own, **_product(product)}) for product in bought]


def _device(event: StoredEvent, on: Platform) -> Mapping[str, str | None]:
    ids = (advertising_id(event) or "", text(device(event).get("id")) or "")
    context = event.context
    return {
        "p": _NAMES[on],
        "i": text(at(context, "app", "namespace")),
        "ip": ip(event),
        "ve": text(at(context, "os", "version")),
        **dict(zip(("idfa", "idfv") if on == "ios" else ("aifa", "andi"), ids, strict=True)),
        "asid": (text(event.properties.get("asid")) or "") if on == "android" else None,
        "att_authorization_status": text(number(device(event).get("attTrackingStatus")))
        if on == "ios"
        else None,
        "custom_user_id": user_id(event),
        "utime": str(epoch_ms(event) // 1000),
        "c": "wifi" if at(context, "network", "wifi") is True else "carrier",
        "skan_conversion_value": text(event.properties.get("skan_conversion_value")),
        **{name: _seconds(event.properties.get(name)) for name in _SKAN},
    }


def _game(event: StoredEvent, system: str) -> Mapping[str, str | None]:
    context, own = event.context, event.properties
    return {
        "p": system,
        "i": text(at(context, "app", "namespace")),
        "ip": ip(event),
        "ve": text(at(context, "os", "version")),
        "sdid": text(device(event).get("id")),
        "av": text(at(context, "app", "version")),
        "ua": user_agent(event),
        "custom_user_id": text(own.get("custom_user_id")) or user_id(event),
        "utime": str(epoch_ms(event) // 1000),
        **{name: _scalar(own.get(name)) for name in _OF_GAME},
    }


def _session(event: StoredEvent, on: Platform, name: str) -> Mapping[str, str | None]:
    context, own = event.context, event.properties
    moment = str(epoch_ms(event) // 1000)
    token = text(device(event).get("token"))
    of_platform = (
        {"install_receipt": text(own.get("install_receipt")) or "", "apns_token": token}
        if on == "ios"
        else {"install_source": text(own.get("referring_application")) or "", "fcm": token}
    )
    return {
        "sessionNotificationName": name,
        "n": text(at(context, "app", "name")),
        "app_v": text(at(context, "app", "version")),
        "bd": text(at(context, "app", "build")),
        "mo": text(device(event).get("model")),
        "ma": text(device(event).get("manufacturer")),
        "lc": text(context.get("locale")),
        "cn": text(at(context, "network", "carrier")),
        "ua": text(own.get("userAgent")) or user_agent(event),
        "dnt": "0" if device(event).get("adTrackingEnabled") is True else "1",
        "openuri": text(own.get("url")) or "",
        "install": _scalar(own.get("install")),
        "install_ref": text(own.get("install_ref")),
        "attribution_token": text(own.get("attribution_token")),
        "install_time": _seconds(own.get("install_time")) or moment,
        "update_time": _seconds(own.get("update_time")) or moment,
        **of_platform,
    }


def _event(event: StoredEvent, name: str, apart: Set[str]) -> Mapping[str, str | None]:
    own = event.properties
    amount = _amount(own)
    revenue = own.get("is_revenue_event")
    attributes = {key: value for key, value in own.items() if key not in apart}
    return {
        "n": name,
        "amt": text(amount),
        "cur": text(own.get("currency")),
        "is_revenue_event": str(revenue).lower()
        if isinstance(revenue, bool)
        else ("true" if amount else None),
        "purchase_receipt": text(own.get("purchase_receipt")),
        "purchase_product_id": text(own.get("product_id")) or text(own.get("sku")),
        "purchase_transaction_id": text(own.get("purchase_transaction_id"))
        or text(own.get("order_id"))
        or text(own.get("orderId")),
        "receipt_signature": text(own.get("receipt_signature")),
        "e": json_text(present(attributes)) if attributes else None,
    }


def _product(product: Mapping[str, Any]) -> Mapping[str, str]:
    return present(
        {
            "is_revenue_event": "true",
            "amt": text(_amount(product)),
            "cur": text(product.get("currency")),
            "purchase_product_id": text(product.get("product_id")) or text(product.get("sku")),
            "purchase_receipt": text(product.get("purchase_receipt")),
            "purchase_transaction_id": text(product.get("purchase_transaction_id")),
        }
    )


def _amount(told: Mapping[str, Any]) -> int | float | None:
    """Return what it came to: a sum that is told, or the price times the quantity."""
    for name in ("total", "value", "revenue"):
        if (amount := number(told.get(name))) is not None:
            return amount
    price = number(told.get("price"))
    return None if price is None else round(price * (number(told.get("quantity")) or 1), 6)


def _scalar(value: object) -> str | None:
    return scalar_text(value) if isinstance(value, bool | int | float) else text(value)


def _seconds(value: object) -> str | None:
    """Write a moment in seconds since 1970, from seconds, milliseconds or ISO 8601."""
    amount = number(value)
    if amount is not None:
        return str(int(amount // 1000 if amount > 1e11 else amount))
    try:
        return str(int(datetime.fromisoformat(text(value) or "").timestamp()))
    except (OSError, OverflowError, ValueError):
        return None


def _request(path: str, params: Mapping[str, str | None]) -> Request:
    return Request(method="GET", url=_API + path, params=dict(_said(params)))


def _said(params: Mapping[str, str | None]) -> Iterator[tuple[str, str]]:
    return ((name, value) for name, value in params.items() if value is not None)


def delete(subject: Subject, settings: Settings) -> Sequence[Request] | Unsendable:
    """Ask for the erasure of each account in each app."""
    if settings.privacy_key is None or not settings.apps:
        return Unsendable("privacy_key_or_apps_not_set")
    return [
        Request(
            url="https://gdpr.singular.net/api/gdpr/requests",
            headers={"Authorization": settings.privacy_key.get_secret_value()},
            json={
                "subject_request_type": "erasure",
                "subject_identities": [
                    {"identity_type": "user_id", "identity_value": one, "identity_format": "raw"}
                ],
                "property_id": app,
            },
            sent_at_key="submitted_time",
            # A person is asked for twice, and what came in between must go too.
            request_id_key="subject_request_id",
        )
        for app in settings.apps
        for one in subject.user_ids
    ]


DESTINATION = Destination(
    slug="singular",
    name="Singular",
    docs="https://support.singular.net/hc/en-us/articles/360048588672",
    settings=Settings,
    build=build,
    delete=delete,
    event_types=("track",),
    consent=("Advertising",),
    advertising=True,
)
