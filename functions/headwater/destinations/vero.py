"""Vero: events, people and their tags, one item a request.

Limits: none published; any age. Dedup: the same event of the same user with the same data within five
minutes is dropped. A 4xx is never to be repeated.
Source: developers.getvero.com and help.getvero.com/api-reference (users/delete), read 2026-11-27.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import SecretStr

from headwater.destination import Destination, DestinationSettings, Request, Subject
from headwater.destination.options import options
from headwater.destination.reading import at, email, mapping, present, text, traits, user_id, viewed
from headwater.record import StoredEvent, to_iso

_API = "https://api.getvero.com/api/v2"
_NAME = "Vero"

# The events that change whether Vero may write to somebody.
_SUBSCRIPTIONS = {"unsubscribe", "resubscribe"}


class Settings(DestinationSettings):
    """The project's auth token (Vero 2.0: the tracking API key)."""

    auth_token: SecretStr


def build(event: StoredEvent, settings: Settings) -> Sequence[Request]:
    """Track the event, identify the person, or give them their new id; then change their tags."""
    if event.type == "alias":
        return _renamed(event, settings)
    who = user_id(event) or event.identity.anonymous_id
    if who is None:
        return []
    match event.type:
        case "identify":
            said = present({"id": who, "email": email(event), **_channel(event)})
            first = _request(settings, "users/track", {**said, "data": _data(event)})
        case "track" if (text(event.event) or "").lower() in _SUBSCRIPTIONS:
            return [_request(settings, f"users/{viewed(event).lower()}", {"id": who})]
        case _:
            person = present({"id": who, "email": email(event)})
            said = {"identity": person, "event_name": _event_name(event), "data": event.properties}
            extras = {"created_at": to_iso(event.timestamp), "source": "headwater"}
            first = _request(settings, "events/track", {**said, "extras": extras})
    return [first, *_tags(event, settings, who)]


def _event_name(event: StoredEvent) -> str:
    if event.type == "track":
        return viewed(event)
    words = (event.properties.get("category"), event.name)
    return " ".join(["Viewed", *filter(None, map(text, words)), event.type.capitalize()])


def _data(event: StoredEvent) -> Mapping[str, Any]:
    known = {name: value for name, value in traits(event).items() if name != "email"}
    around = {name: text(event.context.get(name)) for name in ("timezone", "locale", "userAgent")}
    return {**known, **present(around)}


def _channel(event: StoredEvent) -> Mapping[str, Any]:
    """Name the device that can be pushed to."""
    token = text(at(event.context, "device", "token"))
    platform = text(at(event.context, "os", "name"))
    if token is None or platform is None:
        return {}
    device = text(at(event.context, "device", "name"))
    channel = {"type": "push", "address": token, "platform": platform, "device": device}
    return {"channels": present(channel)}


def _tags(event: StoredEvent, settings: Settings, who: str) -> Sequence[Request]:
    """Change the tags the call's own options name: `integrations: {Vero: {tags: {add, remove}}}`."""
    asked = mapping(options(event, _NAME, _NAME.lower()).get("tags"))
    lists = {name: asked[name] for name in ("add", "remove") if isinstance(asked.get(name), list)}
    if not any(lists.values()):
        return []
    return [_request(settings, "users/tags/edit", {"id": who, **lists}, method="PUT")]


def _renamed(event: StoredEvent, settings: Settings) -> Sequence[Request]:
    before, after = event.identity.previous_id, event.identity.user_id
    if not (before and after):
        return []
    said = {"id": before, "new_id": after}
    return [_request(settings, "users/reidentify", said, method="PUT")]


def _request(
    settings: Settings, path: str, content: Mapping[str, Any], *, method: str = "POST"
) -> Request:
    return Request(
        method=method,
        url=f"{_API}/{path}",
        json={**content, "auth_token": settings.auth_token.get_secret_value()},
    )


def delete(subject: Subject, settings: Settings) -> Sequence[Request]:
    """Delete each user and their history."""
    return [_request(settings, "users/delete", {"id": one}) for one in subject.ids]


DESTINATION = Destination(
    slug="vero",
    name=_NAME,
    docs="https://developers.getvero.com/",
    settings=Settings,
    dedup="user, event and data together, five minutes",
    build=build,
    delete=delete,
    event_types=("track", "page", "screen", "identify", "alias"),
)
