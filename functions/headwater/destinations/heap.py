"""Heap: tracks, pages and screens as events, identify as the properties of a user.

Limits: 1,000 events a request, names and values of 1,024 characters; values are strings, nested ones
are flattened by dots. Dedup: `idempotency_key`. An event is filed under the device where there is one,
else under the user.
Source: developers.heap.io/reference/track-1, read 2026-11-23; the path of the events is the one Heap
gives to Segment, whose body takes anonymous visitors.
"""

from collections.abc import Mapping, Sequence
from typing import Literal

from pydantic import SecretStr

from headwater.destination import Destination, DestinationSettings, Request
from headwater.destination.flattening import flattened, scalar_text
from headwater.destination.reading import present, text, traits, who
from headwater.record import StoredEvent, to_iso

_HOSTS = {"us": "https://heapanalytics.com", "eu": "https://c.eu.heap-api.com"}
_MAX_CHARACTERS = 1_024
_VIEWED = {"page": "Page viewed", "screen": "Screen viewed"}


class Settings(DestinationSettings):
    """The environment's id, and where the account's data live."""

    app_id: SecretStr
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


DESTINATION = Destination(
    slug="heap",
    name="Heap Cloud (Actions)",
    aliases=("Heap",),
    docs="https://developers.heap.io/reference/track-1",
    settings=Settings,
    dedup="`idempotency_key`",
    build=build,
    event_types=("track", "page", "screen", "identify"),
    max_events=1_000,
)
