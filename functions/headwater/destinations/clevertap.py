"""CleverTap: events, people and their device tokens as records of one upload, purchases as `Charged`.

Limits: 1,000 records a request, 15 requests at once an account (429), 512 kinds of event with 256
properties each, names of 120 characters, values of 512 bytes; any age is stored, but live campaigns need
an event within two hours. No dedup key. A 200 names the records it did not process (`unprocessed`), each
with a code, of which 555 alone is CleverTap's own trouble, and with the record as it came.
Source: developer.clevertap.com/docs/upload-events-api and upload-user-profiles-api, read 2026-11-27, and
api-errors, read 2026-11-28; the record is not on them but in an answer of 2024-09-02 that rudder-server's
tests keep.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any, Literal

from pydantic import SecretStr

from headwater.destination import Destination, DestinationSettings, Request, Result, Subject
from headwater.destination.device import platform
from headwater.destination.flattening import json_text
from headwater.destination.reading import at, epoch, present, text, traits, user_id
from headwater.destination.result import by_status, excerpt
from headwater.outcomes import Verdict
from headwater.ports import HttpResponse
from headwater.record import StoredEvent

# Segment's trait → CleverTap's own profile field; all others stay what they are called.
_PROFILE = {
    "email": "Email",
    "name": "Name",
    "phone": "Phone",
    "gender": "Gender",
    "employed": "Employed",
    "birthday": "DOB",
    "education": "Education",
    "married": "Married",
    "customerType": "Customer Type",
    "avatar": "Photo",
}
_FIRST_NAMES = ("firstName", "firstname", "first_name")
_LAST_NAMES = ("lastName", "lastname", "last_name")
_APART = {*_PROFILE, *_FIRST_NAMES, *_LAST_NAMES, "id", "userId", "anonymousId", "ts"}
_GENDERS = {"f": "F", "female": "F", "m": "M", "male": "M"}
_OF_ORDER = {"checkout_id", "revenue", "products", "ts"}
_SERVER_ERROR = 555


class Settings(DestinationSettings):
    """The project's account id and passcode, and its region.

    `object_ids`: name devices by the anonymousId as CleverTap's objectId, and tie the user to it.
    """

    account_id: SecretStr
    passcode: SecretStr
    region: Literal["eu1", "in1", "sg1", "us1", "sk1", "aps3", "mec1"] | None = None
    object_ids: bool = False


def build(event: StoredEvent, settings: Settings) -> Sequence[Request]:
    """Upload the event, or the profile with the token of its device."""
    if event.type == "alias":
        return _joined(event, settings)
    who = _who(event, settings)
    if not who:
        return []
    if event.type != "identify":
        return [
            _uploaded({"type": "event", **who, "ts": _moment(event), **_event(event)}, settings)
        ]
    profile = _profile(event)
    if "objectId" in who and (known := user_id(event)):
        profile["identity"] = known
    record = {"type": "profile", **who, "ts": _moment(event), "profileData": profile}
    token = _token(event)
    if token is None or "objectId" not in who:
        return [_uploaded(record, settings)]
    # Not in a batch: the profile comes first.
    both = (record, {"type": "token", **who, "tokenData": token})
    return [_request(settings, "upload", {"d": [one]}) for one in both]


def _uploaded(record: Mapping[str, Any], settings: Settings) -> Request:
    return _request(settings, "upload", {}, d=[record])


def _who(event: StoredEvent, settings: Settings) -> Mapping[str, str]:
    device = event.identity.anonymous_id
    if settings.object_ids and device:
        return {"objectId": device}
    identity = user_id(event) or device
    return {"identity": identity} if identity else {}


def _moment(event: StoredEvent) -> int:
    """Return when it happened, in seconds; CleverTap's own `ts` among the properties has the last word."""
    own = event.properties if event.type in ("track", "page", "screen") else traits(event)
    return epoch(own.get("ts")) or int(event.timestamp.timestamp())


def _event(event: StoredEvent) -> Mapping[str, Any]:
    name = text(event.event) or text(event.name) or text(event.properties.get("name"))
    match event.type:
        case "page":
            name = f"Web Page Viewed: {name}" if name else "Web Page Viewed"
        case "screen":
            name = f"Screen Viewed: {name}" if name else "Screen Viewed"
        case "track" if (name or "").lower() == "order completed":
            return {"evtName": "Charged", "evtData": _charged(event.properties)}
    return {"evtName": name or "Unnamed", "evtData": _flat(event.properties)}


def _charged(order: Mapping[str, Any]) -> Mapping[str, Any]:
    amount = order.get("revenue")
    return {
        **_flat({name: value for name, value in order.items() if name not in _OF_ORDER}),
        **present(
            {
                "Charged ID": order.get("checkout_id") or order.get("order_id"),
                "Amount": amount if amount is not None else order.get("total"),
                "Items": order.get("products"),
            }
        ),
    }


def _profile(event: StoredEvent) -> dict[str, Any]:
    known = traits(event)
    own = {ours: known[name] for name, ours in _PROFILE.items() if known.get(name) is not None}
    if not own.get("Name"):
        names = (_first(known, _FIRST_NAMES), _first(known, _LAST_NAMES))
        own["Name"] = " ".join(filter(None, names)) or None
    if "Gender" in own:
        own["Gender"] = _GENDERS.get((text(own["Gender"]) or "").lower())
    others = {name: value for name, value in known.items() if name not in _APART}
    return present(_flat({**others, **own}))


def _first(known: Mapping[str, Any], names: Sequence[str]) -> str | None:
    return next(filter(None, (text(known.get(name)) for name in names)), None)


def _flat(entries: Mapping[str, Any]) -> dict[str, Any]:
    """Write lists and objects as JSON: CleverTap's values are scalars."""
    return {
        name: json_text(value) if isinstance(value, list | Mapping) else value
        for name, value in entries.items()
    }


def _token(event: StoredEvent) -> Mapping[str, str] | None:
    token = text(at(event.context, "device", "token"))
    system = platform(at(event.context, "os", "name"))
    if token is None or system is None:
        return None
    return {"id": token, "type": "apns" if system == "ios" else "fcm"}


def _joined(event: StoredEvent, settings: Settings) -> Sequence[Request]:
    """Give the profile that is known another identity."""
    before, after = event.identity.previous_id, event.identity.user_id
    if not (before and after):
        return []
    said = {"identity": before, "profileData": {"identity": after}}
    return [_uploaded({"type": "profile", **said, "ts": _moment(event)}, settings)]


def _request(
    settings: Settings, path: str, content: Mapping[str, Any], **lists: Sequence[Any]
) -> Request:
    region = f"{settings.region}." if settings.region else ""
    return Request(
        url=f"https://{region}api.clevertap.com/1/{path}",
        headers={
            "X-CleverTap-Account-Id": settings.account_id.get_secret_value(),
            "X-CleverTap-Passcode": settings.passcode.get_secret_value(),
        },
        json=content,
        lists=lists,
    )


def delete(subject: Subject, settings: Settings) -> Sequence[Request]:
    """Delete the profiles, 100 identities a request."""
    known = subject.ids
    return [
        _request(settings, "delete/profiles.json", {"identity": list(known[start : start + 100])})
        for start in range(0, len(known), 100)
    ]


def classify(response: HttpResponse) -> Result:
    """Read a 200 that is none: the records left out of it, or all of them refused."""
    if not 200 <= response.status < 300:
        return by_status(response)
    try:
        said = json.loads(response.body)
        left_out = said.get("unprocessed") or []
        if left_out and not all(isinstance(one.get("record"), dict) for one in left_out):
            return Result(Verdict.SPLIT, "unprocessed", excerpt(response))
        alike = [(one["record"], _left_out(one)) for one in left_out]
    except (AttributeError, TypeError, ValueError):
        return Result(Verdict.OK)
    if alike:
        # Never halve what can be told apart: CleverTap would count the others again.
        return Result(Verdict.OK, alike=alike)
    if said.get("status") == "fail":
        return Result(Verdict.SPLIT, "unprocessed", excerpt(response))
    return Result(Verdict.OK)


def _left_out(said: Mapping[str, Any]) -> Result:
    verdict = Verdict.RETRY if said.get("code") == _SERVER_ERROR else Verdict.DROP
    return Result(verdict, f"clevertap_{said.get('code')}", str(said.get("error") or "")[:500])


DESTINATION = Destination(
    slug="clevertap",
    name="CleverTap (Actions)",
    aliases=("CleverTap",),
    docs="https://developer.clevertap.com/docs/upload-events-api",
    settings=Settings,
    build=build,
    classify=classify,
    delete=delete,
    event_types=("track", "page", "screen", "identify", "alias"),
    max_events=1_000,
)
