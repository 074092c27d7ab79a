"""PostHog: every call as an event of its own kind, in batches.

Limits: 20 MB a request (as reported, not documented), any age. Dedup: the event's `uuid`.
Source: posthog.com/docs/api/capture, read 2026-11-23.
"""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from pydantic import SecretStr, field_validator

from headwater.destination import Destination, DestinationSettings, Request
from headwater.destination.address import check_url
from headwater.destination.reading import at, campaign, page, present, text, traits, who
from headwater.record import StoredEvent, to_iso

_CONTEXT = {
    "$ip": ("ip",),
    "$lib": ("library", "name"),
    "$lib_version": ("library", "version"),
    "$os": ("os", "name"),
    "$os_version": ("os", "version"),
    "$device_type": ("device", "type"),
    "$device_model": ("device", "model"),
    "$screen_height": ("screen", "height"),
    "$screen_width": ("screen", "width"),
    "$app_version": ("app", "version"),
    "$raw_user_agent": ("userAgent",),
}


class Settings(DestinationSettings):
    """The project's key and its host: https://eu.i.posthog.com in the EU, or your own."""

    api_key: SecretStr
    host: SecretStr = SecretStr("https://us.i.posthog.com")
    group_type: str = "company"

    @field_validator("host")
    @classmethod
    def _is_safe(cls, host: SecretStr) -> SecretStr:
        return check_url(host, allow_private=False)


def build(event: StoredEvent, settings: Settings) -> Sequence[Request]:
    """Send the event under PostHog's own name for it."""
    distinct_id = who(event)
    if distinct_id is None:
        return []
    match event.type:
        case "identify":
            identity = event.identity
            joined = identity.anonymous_id if identity.user_id else None
            said = present({"$set": traits(event), "$anon_distinct_id": joined})
            return [_alone("$identify", event, settings, said)]
        case "group":
            return _group(event, settings)
        case "alias":
            if event.identity.user_id is None or event.identity.previous_id is None:
                return []
            said = {"distinct_id": distinct_id, "alias": event.identity.previous_id}
            return [_alone("$create_alias", event, settings, said)]
        case "page":
            return [_in_batch("$pageview", event, settings, _viewed(event))]
        case "screen":
            seen = present({**event.properties, "$screen_name": text(event.name)})
            return [_in_batch("$screen", event, settings, seen)]
        case _:
            return [_in_batch(text(event.event) or "Unnamed", event, settings, event.properties)]


def _viewed(event: StoredEvent) -> Mapping[str, Any]:
    seen = page(event)
    return {
        **event.properties,
        **present(
            {
                "$current_url": text(seen.get("url")),
                "$pathname": text(seen.get("path")),
                "$referrer": text(seen.get("referrer")),
                "title": text(seen.get("title")),
            }
        ),
    }


def _group(event: StoredEvent, settings: Settings) -> Sequence[Request]:
    if event.identity.group_id is None:
        return []
    said = {
        "$group_type": settings.group_type,
        "$group_key": event.identity.group_id,
        "$group_set": event.traits,
        # PostHog tells which of a person's events belong to the group by this.
        "$groups": {settings.group_type: event.identity.group_id},
    }
    return [_alone("$groupidentify", event, settings, said)]


def _in_batch(
    name: str, event: StoredEvent, settings: Settings, said: Mapping[str, Any]
) -> Request:
    around = {key: at(event.context, *path) for key, path in _CONTEXT.items()}
    item = {
        "event": name,
        "uuid": _uuid(event.message_id),
        "timestamp": to_iso(event.timestamp),
        "properties": {
            **present(around),
            **campaign(event),
            **said,
            "distinct_id": who(event),
        },
    }
    return Request(
        url=_root(settings) + "/batch/",
        json={"api_key": settings.api_key.get_secret_value()},
        lists={"batch": (item,)},
    )


def _alone(name: str, event: StoredEvent, settings: Settings, said: Mapping[str, Any]) -> Request:
    return Request(
        url=_root(settings) + "/i/v0/e/",
        json={
            "api_key": settings.api_key.get_secret_value(),
            "event": name,
            "uuid": _uuid(event.message_id),
            "distinct_id": who(event),
            "timestamp": to_iso(event.timestamp),
            "properties": {**said, **present({"$ip": at(event.context, "ip")})},
        },
    )


def _root(settings: Settings) -> str:
    return settings.host.get_secret_value().rstrip("/")


def _uuid(message_id: str) -> str:
    """Return the messageId as PostHog wants it: itself when it is a UUID, else one made of it."""
    try:
        return str(UUID(message_id))
    except ValueError:
        return str(uuid5(NAMESPACE_URL, f"messageId:{message_id}"))


DESTINATION = Destination(
    slug="posthog",
    name="PostHog",
    docs="https://posthog.com/docs/api/capture",
    settings=Settings,
    dedup="`uuid` made of the messageId",
    build=build,
    max_events=1_000,
    max_bytes=10_000_000,
)
