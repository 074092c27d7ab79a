"""Wootric (InMoment): people to survey, and the answers and refusals that others collected.

Limits: none published; any age. No dedup key. Every call asks for a token (they last two hours) and looks
the person up before it writes, so send what matters only: identify calls, and the two named track calls.
Source: docs.wootric.com/api (end users, responses, declines, OAuth), read 2026-11-27; deletion and the
search by e-mail address: its API as api-evangelist/wootric describes it, read 2026-11-28.
"""

from collections.abc import Generator, Mapping, Sequence
from typing import Any, Literal
from urllib.parse import quote

from pydantic import SecretStr

from headwater.destination import (
    Destination,
    DestinationSettings,
    Request,
    Result,
    Subject,
    Unsendable,
)
from headwater.destination.answer import accepted, said
from headwater.destination.options import external_id, options
from headwater.destination.reading import (
    at,
    email,
    epoch,
    mapping,
    number,
    page,
    present,
    text,
    trait,
    traits,
    user_id,
)
from headwater.destination.result import by_status
from headwater.outcomes import Verdict
from headwater.ports import HttpResponse
from headwater.record import StoredEvent

_HOSTS = {
    "us": "https://api.wootric.com",
    "eu": "https://api.eu.wootric.com",
    "au": "https://api.au.wootric.com",
}
_NAME = "Wootric"
_APART = {"email", "phone", "createdAt", "lastSurveyed", "id", "userId", "anonymousId"}

_OF_CREDENTIALS = ("invalid_grant", "invalid_client", "unauthorized_client")


class Settings(DestinationSettings):
    """A user's name and password with the account's token (`NPS-…`), and where the account lives."""

    username: SecretStr
    password: SecretStr
    account_token: SecretStr
    region: Literal["us", "eu", "au"] = "us"


_BY_OUR_ID = {"lookup_by_external_id": "true"}

type _Asking = Generator[Request, HttpResponse, Sequence[Request] | Unsendable]


def build(event: StoredEvent, settings: Settings) -> Sequence[Request] | _Asking:
    """Create or update the end user, or file their response or decline."""
    person = _own_id(event) or user_id(event)
    if person is None or (event.type == "track" and _kind(event) is None):
        return []
    return _sent(event, settings)


def _own_id(event: StoredEvent) -> str | None:
    """Return Wootric's id of the end user, where the call names it (`context.externalId`)."""
    return external_id(event, "wootricEndUserId")


def _kind(event: StoredEvent) -> str | None:
    """Say which of the two a track call is: by its options for Wootric, or by its name."""
    asked = text(options(event, _NAME, _NAME.lower()).get("eventType"))
    said = (asked or text(event.event) or "").lower()
    return {"create response": "responses", "create decline": "declines"}.get(said)


def _sent(event: StoredEvent, settings: Settings) -> _Asking:
    token = yield from _signed_in(settings)
    if isinstance(token, Unsendable):
        return token
    own = _own_id(event)
    person = f"/{quote(own or user_id(event) or '', safe='')}"
    found = yield _looked_up(settings, token, person, {} if own else _BY_OUR_ID)
    there = text(at(said(found), "id")) if accepted(found) else None
    if event.type == "track":
        return _filed(event, settings, token, there)
    form = _end_user(event, mapping(at(said(found), "properties")))
    if there is not None:
        return [_request(settings, token, f"/{quote(there, safe='')}", form, method="PUT")]
    if not ("email" in form or "phone_number" in form):
        return Unsendable("no_email_or_phone")
    return [_request(settings, token, "", present({**form, "external_id": user_id(event)}))]


def _end_user(event: StoredEvent, before: Mapping[str, Any]) -> dict[str, str]:
    """Describe the person anew; properties that are known already are kept by being said again."""
    known = traits(event)
    surveyed = epoch(known.get("lastSurveyed")) or int(event.timestamp.timestamp())
    created = epoch(known.get("createdAt"))
    return present(
        {
            "email": email(event),
            "phone_number": text(trait(event, "phone")),
            "last_surveyed": str(surveyed),
            "external_created_at": str(created) if created else None,
            **_properties({**before, **known}, "properties"),
        }
    )


def _filed(
    event: StoredEvent, settings: Settings, token: str, there: str | None
) -> Sequence[Request] | Unsendable:
    if there is None:
        return Unsendable("end_user_unknown")
    kind = _kind(event)
    score = number(event.properties.get("feedbackScore"))
    if kind == "responses" and not (score is not None and 0 <= score <= 10):
        return Unsendable("invalid_score")
    created = epoch(traits(event).get("createdAt")) or int(event.timestamp.timestamp())
    form = {
        "score": text(event.properties.get("feedbackScore")) if kind == "responses" else None,
        "text": text(event.properties.get("feedbackText")) if kind == "responses" else None,
        "ip_address": text(event.context.get("ip")) if kind == "responses" else None,
        "origin_url": text(page(event).get("url")) or text(event.properties.get("url")),
        "created_at": str(created),
        **_properties(traits(event), "end_user[properties]"),
    }
    return [_request(settings, token, f"/{quote(there, safe='')}/{kind}", present(form))]


def _properties(known: Mapping[str, Any], name: str) -> Mapping[str, str | None]:
    scalars = {key: _scalar(value) for key, value in known.items() if key not in _APART}
    return {f"{name}[{key}]": value for key, value in scalars.items()}


def _scalar(value: Any) -> str | None:
    if isinstance(value, bool):
        return str(value).lower()
    return text(value)


def _signed_in(settings: Settings) -> Generator[Request, HttpResponse, str | Unsendable]:
    answer = yield Request(
        url=f"{_HOSTS[settings.region]}/oauth/token",
        params={"account_token": settings.account_token.get_secret_value()},
        form={
            "grant_type": "password",
            "username": settings.username.get_secret_value(),
            "password": settings.password.get_secret_value(),
        },
    )
    token = text(at(said(answer), "access_token"))
    return token or Unsendable(f"token_http_{answer.status}")


def _looked_up(settings: Settings, token: str, path: str, params: Mapping[str, str]) -> Request:
    return _request(settings, token, path, method="GET", params=params)


def _request(
    settings: Settings,
    token: str,
    path: str,
    form: Mapping[str, str] | None = None,
    *,
    method: str = "POST",
    params: Mapping[str, str] | None = None,
) -> Request:
    return Request(
        method=method,
        url=f"{_HOSTS[settings.region]}/v1/end_users{path}",
        headers={"Authorization": f"Bearer {token}"},
        params=params or {},
        form=form,
    )


def delete(subject: Subject, settings: Settings) -> Sequence[Request] | _Asking:
    """Delete the end user of each account and of each e-mail address, with what they answered."""
    return _erased(subject, settings) if subject.user_ids or subject.emails else []


def _erased(subject: Subject, settings: Settings) -> _Asking:
    token = yield from _signed_in(settings)
    if isinstance(token, Unsendable):
        return token
    found = list[str | None]()
    for one in subject.user_ids:
        answer = yield _looked_up(settings, token, f"/{quote(one, safe='')}", _BY_OUR_ID)
        if not accepted(answer):
            continue
        there = said(answer)
        # Wootric's own ids are numbers, as ours may be: one that is not read as ours is another's.
        if text(at(there, "external_id")) != one:
            return Unsendable("look_up_found_another")
        found.append(text(at(there, "id")))
    for address in subject.emails:
        listed = said((yield _looked_up(settings, token, "", {"email": address})))
        # Only who has this very address: a search that is not understood lists everybody.
        found += [
            text(at(end_user, "id"))
            for end_user in (listed if isinstance(listed, list) else [])
            if (text(at(end_user, "email")) or "").lower() == address.lower()
        ]
    return [
        _request(settings, token, f"/{quote(end_user, safe='')}", method="DELETE")
        for end_user in dict.fromkeys(filter(None, found))
    ]


def classify(response: HttpResponse) -> Result:
    """See that a 400 speaks of the credentials (RFC 6749, 5.2), and not of the event."""
    if response.status == 400 and at(said(response), "error") in _OF_CREDENTIALS:
        return Result(Verdict.AUTH, "invalid_credentials")
    return by_status(response)


DESTINATION = Destination(
    slug="wootric",
    name=_NAME,
    aliases=("InMoment (formerly Wootric)",),
    docs="https://docs.wootric.com/api/",
    settings=Settings,
    build=build,
    classify=classify,
    delete=delete,
    event_types=("track", "identify"),
)
