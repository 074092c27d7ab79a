"""PostHog: every call as an event of its own kind, in batches.

Limits: 20 MB a request (as reported, not documented), any age. Dedup: the event's `uuid`. An erasure
takes 1,000 people and their events; it goes to the private API's host, which has no `i.` in its name.
Source: posthog.com/docs/api/capture, read 2026-11-23; posthog.com/docs/api (hosts) and bulk_delete in
posthog/api/person.py of github.com/PostHog/posthog, read 2026-11-28.
"""

from collections.abc import Mapping, Sequence
from itertools import batched
from typing import Any
from urllib.parse import quote

from pydantic import SecretStr

from headwater.destination import Destination, DestinationSettings, Request, Subject, Unsendable
from headwater.destination.address import PublicUrl
from headwater.destination.answer import said
from headwater.destination.authorization import bearer
from headwater.destination.message_id import as_uuid
from headwater.destination.reading import at, campaign, page, present, text, traits, who
from headwater.destination.result import Result, by_status
from headwater.outcomes import Verdict
from headwater.ports import HttpResponse
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
_PAGE = {"$current_url": "url", "$pathname": "path", "$referrer": "referrer", "title": "title"}


class Settings(DestinationSettings):
    """The project's key and its host: https://eu.i.posthog.com in the EU, or your own.

    `project_id` and a `personal_api_key` with the scope person:write are what erasures need.
    """

    api_key: SecretStr
    project_id: str | None = None
    personal_api_key: SecretStr | None = None
    host: PublicUrl = SecretStr("https://us.i.posthog.com")
    group_type: str = "company"


def build(event: StoredEvent, settings: Settings) -> Sequence[Request]:
    """Send the event under PostHog's own name for it."""
    told = _told(event, settings) if who(event) else None
    return [_sent(event, settings, *told)] if told else []


def _told(event: StoredEvent, settings: Settings) -> tuple[str, Mapping[str, Any]] | None:
    identity = event.identity
    match event.type:
        case "identify":
            joined = identity.anonymous_id if identity.user_id else None
            return "$identify", present({"$set": traits(event), "$anon_distinct_id": joined})
        case "group" if identity.group_id:
            return "$groupidentify", _group(event, settings)
        case "alias" if identity.user_id and identity.previous_id:
            return "$create_alias", {"alias": identity.previous_id}
        case "group" | "alias":
            return None
        case "page":
            return "$pageview", _viewed(event)
        case "screen":
            return "$screen", present({**event.properties, "$screen_name": text(event.name)})
        case _:
            return text(event.event) or "Unnamed", event.properties


def _viewed(event: StoredEvent) -> Mapping[str, Any]:
    seen = page(event)
    own = {ours: text(seen.get(name)) for ours, name in _PAGE.items()}
    return {**event.properties, **present(own)}


def _group(event: StoredEvent, settings: Settings) -> Mapping[str, Any]:
    return {
        "$group_type": settings.group_type,
        "$group_key": event.identity.group_id,
        "$group_set": event.traits,
        # PostHog tells which of a person's events belong to the group by this.
        "$groups": {settings.group_type: event.identity.group_id},
    }


def _sent(event: StoredEvent, settings: Settings, name: str, own: Mapping[str, Any]) -> Request:
    around = {key: at(event.context, *path) for key, path in _CONTEXT.items()}
    person = {"distinct_id": who(event)}
    item = {
        "event": name,
        "uuid": as_uuid(event.message_id),
        "timestamp": to_iso(event.timestamp),
        **person,
        "properties": {**present(around), **campaign(event), **own, **person},
    }
    key = {"api_key": settings.api_key.get_secret_value()}
    return Request(url=_root(settings) + "/batch/", json=key, lists={"batch": (item,)})


def _root(settings: Settings) -> str:
    return settings.host.get_secret_value().rstrip("/")


def delete(subject: Subject, settings: Settings) -> Sequence[Request] | Unsendable:
    """Delete the persons behind the ids, their events and their recordings."""
    if settings.project_id is None or settings.personal_api_key is None:
        return Unsendable("project_id_or_personal_api_key_not_set")
    root = _root(settings).replace(".i.posthog.com", ".posthog.com")
    return [
        Request(
            url=f"{root}/api/projects/{quote(settings.project_id, safe='')}/persons/bulk_delete/",
            headers=bearer(settings.personal_api_key),
            json={"distinct_ids": some, "delete_events": True, "delete_recordings": True},
        )
        for some in batched(subject.ids, 1_000, strict=False)
    ]


def classify(response: HttpResponse) -> Result:
    """See who of an erasure is still there, though it was accepted; anything else by its status."""
    if response.status == 202 and at(said(response), "deletion_errors"):
        return Result(Verdict.RETRY, "not_all_deleted")
    return by_status(response)


DESTINATION = Destination(
    slug="posthog",
    name="PostHog",
    docs="https://posthog.com/docs/api/capture",
    settings=Settings,
    dedup="`uuid` made of the messageId",
    build=build,
    classify=classify,
    delete=delete,
    max_events=1_000,
    max_bytes=10_000_000,
)
