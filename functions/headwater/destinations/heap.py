"""Heap: tracks, pages and screens as events, identify as the properties of a user.

Limits: 1,000 events a request, names and values of 1,024 characters; values are strings, nested ones
are flattened by dots. Dedup: `idempotency_key`. An event is filed under the device where there is one,
else under the user. An erasure takes 10,000 users and a token of five minutes, at one host for both regions.
Source: developers.heap.io/reference/track-1, read 2026-11-23, and user-deletion, read 2026-11-28; the
path of the events is the one Heap gives to Segment, whose body takes anonymous visitors. `identity` is what
public clients erase by; `email` is unverified, so it has a request of its own.
"""

from collections.abc import Generator, Mapping, Sequence
from itertools import batched
from typing import Literal

from pydantic import SecretStr

from headwater.destination import Destination, DestinationSettings, Request, Subject, Unsendable
from headwater.destination.answer import said
from headwater.destination.authorization import basic, bearer
from headwater.destination.flattening import flattened, scalar_text
from headwater.destination.reading import at, present, text, traits, who
from headwater.ports import HttpResponse
from headwater.record import StoredEvent, to_iso

_HOSTS = {"us": "https://heapanalytics.com", "eu": "https://c.eu.heap-api.com"}
_MAX_CHARACTERS = 1_024
_VIEWED = {"page": "Page viewed", "screen": "Screen viewed"}


type _Asking = Generator[Request, HttpResponse, Sequence[Request] | Unsendable]


class Settings(DestinationSettings):
    """The environment's id, and where the account's data live; `api_key` (Privacy & Security) is to erase."""

    app_id: SecretStr
    api_key: SecretStr | None = None
    region: Literal["us", "eu"] = "us"


def build(event: StoredEvent, settings: Settings) -> Sequence[Request]:
    """Send the event, or the user's properties."""
    if who(event) is None:
        return []
    host, app_id = _HOSTS[settings.region], settings.app_id.get_secret_value()
    if event.type == "identify":
        if event.identity.user_id is None:
            return []
        return [
            Request(
                url=f"{host}/api/add_user_properties",
                json={
                    "app_id": app_id,
                    "identity": event.identity.user_id,
                    "properties": {
                        **present({"anonymous_id": event.identity.anonymous_id}),
                        **_strings(traits(event)),
                    },
                },
            )
        ]
    return [
        Request(
            url=f"{host}/api/integrations/track",
            json={"app_id": app_id, "library": "server"},
            lists={"events": (_event(event),)},
        )
    ]


def _event(event: StoredEvent) -> Mapping[str, object]:
    identity = event.identity
    return {
        "event": _VIEWED.get(event.type, text(event.event) or "track")[:_MAX_CHARACTERS],
        "idempotency_key": event.message_id,
        "timestamp": to_iso(event.timestamp),
        "user_identifier": {"anonymous_id": identity.anonymous_id}
        if identity.anonymous_id
        else {"identity": identity.user_id},
        "custom_properties": {
            **_strings(event.properties),
            **present({"name": text(event.name) if event.type in _VIEWED else None}),
        },
    }


def _strings(entries: Mapping[str, object]) -> Mapping[str, str]:
    return {
        name[:_MAX_CHARACTERS]: scalar_text(value)[:_MAX_CHARACTERS]
        for name, value in flattened(entries, index=".{}").items()
    }


def delete(subject: Subject, settings: Settings) -> Sequence[Request] | _Asking | Unsendable:
    """Ask for the erasure of each user, in every environment of the account."""
    if settings.api_key is None:
        return Unsendable("api_key_not_set")
    known = {"identity": subject.user_ids, "email": subject.emails}
    return _erased(known, settings) if any(known.values()) else []


def _erased(known: Mapping[str, Sequence[str]], settings: Settings) -> _Asking:
    privacy = f"{_HOSTS['us']}/api/public/v0"
    answer = yield Request(
        url=f"{privacy}/auth_token", headers=basic(settings.app_id, settings.api_key)
    )
    token = text(at(said(answer), "access_token"))
    if token is None:
        return Unsendable(f"token_http_{answer.status}")
    return [
        Request(
            url=f"{privacy}/user_deletion",
            headers=bearer(SecretStr(token)),
            json={"users": [{kind: one} for one in some]},
        )
        for kind, ids in known.items()
        for some in batched(ids, 10_000, strict=False)
    ]


DESTINATION = Destination(
    slug="heap",
    name="Heap Cloud (Actions)",
    aliases=("Heap",),
    docs="https://developers.heap.io/reference/track-1",
    settings=Settings,
    dedup="`idempotency_key`",
    build=build,
    delete=delete,
    event_types=("track", "page", "screen", "identify"),
    max_events=1_000,
)
