"""Leanplum (legacy; CleverTap took it over in 2022): events, states and user attributes.

Limits: one call in flight a user (429), no published rate; any age. No dedup key. Every event but an
identify first starts the user's session, as Leanplum counts nothing outside one. A 200 may be a refusal,
which its SDK does not repeat. New projects: CleverTap.
Source: docs.leanplum.com/reference (start, track, advance, setUserAttributes, deleteUser; API 1.0.6), read
2026-11-27, and RequestUtil of Leanplum-Android-SDK (answers), read 2026-11-28.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import SecretStr

from headwater.destination import Destination, DestinationSettings, Request, Subject, Unsendable
from headwater.destination.answer import accepted, said
from headwater.destination.reading import (
    at,
    epoch,
    mapping,
    number,
    present,
    text,
    traits,
    user_id,
    viewed,
)
from headwater.destination.result import Result, by_status, excerpt
from headwater.outcomes import Verdict
from headwater.ports import HttpResponse
from headwater.record import StoredEvent

_API = "https://api.leanplum.com/api"
_VERSION = "1.0.6"
_OF_PAGE = ("path", "referrer", "search", "title", "url")


class Settings(DestinationSettings):
    """The app's id and a production key, or a development key with `development`.

    `development_key` is what erasing takes, beside a production key.
    """

    app_id: SecretStr
    client_key: SecretStr
    development_key: SecretStr | None = None
    development: bool = False


def build(event: StoredEvent, settings: Settings) -> Sequence[Request]:
    """Set the user's attributes, or start a session and count the event or the state in it."""
    who = user_id(event) or event.identity.anonymous_id
    if who is None:
        return []
    if event.type == "identify":
        return [_request(settings, "setUserAttributes", {**_renamed(event, who), **_user(event)})]
    action, own = _said(event)
    around = {"userId": who, "deviceId": _device(event), "time": int(event.timestamp.timestamp())}
    return [
        _request(settings, "start", {**around, **_user(event), **_app(event)}),
        _request(settings, action, {**around, **own}),
    ]


def _said(event: StoredEvent) -> tuple[str, Mapping[str, Any]]:
    properties = event.properties
    match event.type:
        case "page":
            state = text(event.name) or text(properties.get("name")) or "Page"
            shown = {name: properties[name] for name in _OF_PAGE if text(properties.get(name))}
            return "advance", {"state": state, "params": shown or None}
        case "screen":
            names = (properties.get("name"), event.name, event.event)
            return "advance", {"state": next(filter(None, map(text, names)), "Screen")}
        case _:
            value = {"value": number(properties.get("total"))}
            currency = {"currencyCode": text(properties.get("currency"))}
            return "track", {"event": viewed(event), "params": properties, **value, **currency}


def _renamed(event: StoredEvent, who: str) -> Mapping[str, Any]:
    """Tell the visitor who they are: Leanplum knew them by their anonymous id."""
    visitor = event.identity.anonymous_id
    return {
        "userId": visitor or who,
        "newUserId": user_id(event) if visitor else None,
        "deviceId": _device(event),
        "created": epoch(traits(event).get("createdAt")),
        "time": int(event.timestamp.timestamp()),
    }


def _user(event: StoredEvent) -> Mapping[str, Any]:
    known = traits(event)
    address = mapping(known.get("address"))
    return {
        "userAttributes": known or None,
        "locale": text(event.context.get("locale")),
        "timezone": text(event.context.get("timezone")),
        "country": text(address.get("country")) or text(known.get("country")),
        "city": text(address.get("city")) or text(known.get("city")),
    }


def _app(event: StoredEvent) -> Mapping[str, Any]:
    app = mapping(event.context.get("app"))
    return {
        "appVersion": text(app.get("version")) or text(app.get("build")),
        "systemName": text(at(event.context, "os", "name")),
        "systemVersion": text(at(event.context, "os", "version")),
        "deviceName": text(at(event.context, "device", "name")),
        "deviceModel": text(at(event.context, "device", "model")),
    }


def _device(event: StoredEvent) -> str | None:
    return text(at(event.context, "device", "id"))


def delete(subject: Subject, settings: Settings) -> Sequence[Request] | Unsendable:
    """Erase each id's attributes, sessions and events; Leanplum takes up to 15 days."""
    key = settings.client_key if settings.development else settings.development_key
    if key is None:
        return Unsendable("development_key_not_set")
    erased = {"clientKey": key.get_secret_value(), "fullErasure": True}
    return [_request(settings, "deleteUser", {**erased, "userId": one}) for one in subject.ids]


def _request(settings: Settings, action: str, content: Mapping[str, Any]) -> Request:
    return Request(
        url=_API,
        params={"action": action},
        json=present(
            {
                "appId": settings.app_id.get_secret_value(),
                "clientKey": settings.client_key.get_secret_value(),
                "apiVersion": _VERSION,
                **content,
                "devMode": True if settings.development else None,
            }
        ),
    )


def classify(response: HttpResponse) -> Result:
    """See whether a yes is a no (`success` of each call in it); anything else by its status."""
    told = at(said(response), "response")
    calls = told if isinstance(told, list) else []
    if accepted(response) and any(at(one, "success") is False for one in calls):
        return Result(Verdict.DROP, "refused_call", excerpt(response))
    return by_status(response)


DESTINATION = Destination(
    slug="leanplum",
    name="Leanplum",
    docs="https://docs.leanplum.com/reference/",
    settings=Settings,
    build=build,
    classify=classify,
    delete=delete,
    event_types=("track", "page", "screen", "identify"),
)
