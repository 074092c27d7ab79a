"""Countly: tracks as events, pages and screens as views, identify as user details, alias as a merge.

Limits: one request an event here (`/i`); keys and values of segments 128 and 256 characters by a server's
default. No dedup key. A visitor who becomes known is merged by `old_device_id`.
Source: api.count.ly, "/i" and "/i/bulk", read 2026-11-23; deletion (/i/app_users/delete, by `did`) and what
a 400 says: countly-server's own source and tests, read 2026-11-28.
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
# What a 400 says that is no fault of the event's. An app is unknown also while its database is away.
_MEANT = {
    "No users matching criteria": Result(Verdict.OK),
    "App does not exist": Result(Verdict.AUTH, "app_does_not_exist"),
    "App is currently not accepting data": Result(Verdict.AUTH, "app_paused"),
}


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
        on = {"ios": "iOS", "android": "Android", None: "Web"}[event_platform(event)]
        seen = {"name": name[:_MAX_VALUE], "visit": 1, "segment": on}
        return {"key": "[CLY]_view", "count": 1, "segmentation": seen}
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
    whole = " ".join(filter(None, names)) or None
    own = {theirs: text(known.get(name)) for name, theirs in _DETAILS.items()}
    custom = {name: value for name, value in known.items() if name not in _DETAILS}
    return present({"name": whole, **present(own), "custom": _segments(custom) or None})


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
    """Read a 400 that is about the app or about nobody to erase; anything else by its status."""
    result = text(at(said(response), "result")) if response.status == 400 else None
    return _MEANT.get(result or "") or by_status(response)


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
