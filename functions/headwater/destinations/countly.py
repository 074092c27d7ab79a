"""Countly: tracks as events, pages and screens as views, identify as user details, alias as a merge.

Limits: one request an event here (`/i`); keys and values of segments 128 and 256 characters by a server's
default. No dedup key. A visitor who becomes known is merged by `old_device_id`.
Source: api.count.ly, "/i" and "/i/bulk", read 2026-11-23; deletion: countly-server's own route and test of
/i/app_users/delete (api.users.js, by `did`), read 2026-11-28.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import SecretStr

from headwater.destination import Destination, Request, Subject, Unsendable
from headwater.destination.answer import said
from headwater.destination.commerce import money
from headwater.destination.device import event_platform, ip
from headwater.destination.flattening import flattened, json_text
from headwater.destination.own_address import OwnAddress
from headwater.destination.reading import at, epoch_ms, number, page, present, text, traits, who
from headwater.destination.result import Result, by_status
from headwater.outcomes import Verdict
from headwater.ports import HttpResponse
from headwater.record import StoredEvent

_MAX_KEY, _MAX_VALUE = 128, 256

# Segment's trait → Countly's user detail; all others are custom.
_DETAILS = {name: name for name in ("name", "username", "email", "phone")} | {"avatar": "picture"}
# What it answers with a 400 to an erasure of somebody it never knew.
_NOBODY = "No users matching criteria"


class Settings(OwnAddress):
    """The server's address and the app's key; the app's id and an API key are what erasing takes."""

    app_key: SecretStr
    app_id: str | None = None
    api_key: SecretStr | None = None


def build(event: StoredEvent, settings: Settings) -> Sequence[Request]:
    """Record the event, the view or the details, and merge a device into its user."""
    device_id = who(event)
    if device_id is None:
        return []
    match event.type:
        case "alias":
            if event.identity.user_id is None or event.identity.previous_id is None:
                return []
            told = {"old_device_id": event.identity.previous_id}
        case "identify":
            told = {"user_details": json_text(_details(event))}
            if event.identity.user_id and event.identity.anonymous_id:
                told["old_device_id"] = event.identity.anonymous_id
        case _:
            told = {"events": json_text([_event(event)])}
    form = {
        "app_key": settings.app_key.get_secret_value(),
        "device_id": device_id,
        "timestamp": str(epoch_ms(event)),
        **present({"ip_address": ip(event)}),
        **told,
    }
    return [_request(settings, "/i", form)]


def _request(settings: Settings, path: str, form: Mapping[str, str]) -> Request:
    return Request(
        url=settings.url.get_secret_value().rstrip("/") + path,
        form=form,
        allow_private_addresses=settings.allow_private_addresses,
    )


def _event(event: StoredEvent) -> Mapping[str, Any]:
    if event.type in ("page", "screen"):
        name = text(event.name) or text(page(event).get("path")) or event.type.capitalize()
        segmentation: Mapping[str, Any] = {
            "name": name[:_MAX_VALUE],
            "visit": 1,
            "segment": {"ios": "iOS", "android": "Android", None: "Web"}[event_platform(event)],
        }
        return {"key": "[CLY]_view", "count": 1, "segmentation": segmentation}
    return present(
        {
            "key": (text(event.event) or "Unnamed")[:_MAX_KEY],
            "count": 1,
            "sum": money(event, "revenue", "value"),
            "timestamp": epoch_ms(event),
            "segmentation": _segments(event.properties) or None,
        }
    )


def _details(event: StoredEvent) -> Mapping[str, Any]:
    known = traits(event)
    names = (text(known.get("firstName")), text(known.get("lastName")))
    own = {theirs: text(known.get(name)) for name, theirs in _DETAILS.items()}
    custom = {name: value for name, value in known.items() if name not in _DETAILS}
    details = {"name": " ".join(filter(None, names)) or None, **present(own)}
    return present({**details, "custom": _segments(custom) or None})


def _segments(entries: Mapping[str, Any]) -> Mapping[str, Any]:
    """Flatten to scalars: a segment of Countly holds nothing else."""
    return {
        # Countly keeps `.` and `$` for its own storage.
        name.replace(".", "_").lstrip("$")[:_MAX_KEY]: _segment(value)
        for name, value in flattened(entries).items()
        if value is not None and name.lstrip("$")
    }


def _segment(value: object) -> object:
    if isinstance(value, bool):
        return value
    return value[:_MAX_VALUE] if isinstance(value, str) else number(value)


def delete(subject: Subject, settings: Settings) -> Sequence[Request] | Unsendable:
    """Delete the person's users, whose device ids are what Countly knows them by."""
    if settings.app_id is None or settings.api_key is None:
        return Unsendable("app_id_or_api_key_not_set")
    # `force`, or Countly refuses to delete more than one at a time.
    who_of = {"query": json_text({"did": {"$in": list(subject.ids)}}), "force": "true"}
    form = {"app_id": settings.app_id, "api_key": settings.api_key.get_secret_value(), **who_of}
    return [_request(settings, "/i/app_users/delete", form)] if subject.ids else []


def classify(response: HttpResponse) -> Result:
    """See that nobody was there to erase; anything else by its status."""
    unknown = response.status == 400 and at(said(response), "result") == _NOBODY
    return Result(Verdict.OK) if unknown else by_status(response)


DESTINATION = Destination(
    slug="countly",
    name="Countly",
    docs="https://api.count.ly/reference/i",
    settings=Settings,
    build=build,
    classify=classify,
    delete=delete,
    event_types=("track", "page", "screen", "identify", "alias"),
)
