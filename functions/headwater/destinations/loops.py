"""Loops: events that start its mails, people as contacts.

Limits: ten requests a second a team, one item each; any age. Dedup: `Idempotency-Key`, 100 characters,
remembered for a day; a repeat answers 409, which is as good as a yes. Loops knows people by e-mail
address or user id.
Source: loops.so/docs/api-reference (send-event, update-contact, delete-contact), read 2026-11-27.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import SecretStr

from headwater.destination import Destination, DestinationSettings, Request, Result, Subject
from headwater.destination.authorization import bearer
from headwater.destination.message_id import as_header
from headwater.destination.reading import email, mapping, present, text, traits, viewed
from headwater.destination.result import by_status
from headwater.outcomes import Verdict
from headwater.ports import HttpResponse
from headwater.record import StoredEvent

_API = "https://app.loops.so/api/v1"


class Settings(DestinationSettings):
    """An API key of the team."""

    api_key: SecretStr


def build(event: StoredEvent, settings: Settings) -> Sequence[Request]:
    """Send the event, or create or update the contact."""
    person = present({"email": email(event), "userId": event.identity.user_id})
    if not person:
        return []
    if event.type == "identify":
        contact = {**_attributes(event), **person}
        return [_request(settings, "/contacts/update", contact, method="PUT")]
    said = {**person, "eventName": viewed(event), "eventProperties": event.properties}
    key = {"Idempotency-Key": as_header(event.message_id)}
    return [_request(settings, "/events/send", said, headers=key)]


def _attributes(event: StoredEvent) -> Mapping[str, Any]:
    known = {name: value for name, value in traits(event).items() if name != "mailingLists"}
    lists = {
        name: value if isinstance(value, bool) else text(value) == "true"
        for name, value in mapping(traits(event).get("mailingLists")).items()
        if isinstance(value, bool) or value in ("true", "false")
    }
    return {**known, **({"mailingLists": lists} if lists else {})}


def _request(
    settings: Settings,
    path: str,
    content: Mapping[str, Any],
    *,
    method: str = "POST",
    headers: Mapping[str, str] | None = None,
) -> Request:
    known = {**bearer(settings.api_key), **(headers or {})}
    return Request(method=method, url=_API + path, headers=known, json=content)


def delete(subject: Subject, settings: Settings) -> Sequence[Request]:
    """Delete each contact, by user id and by e-mail address."""
    people = [{"userId": one} for one in subject.user_ids]
    people += [{"email": one} for one in subject.emails]
    return [_request(settings, "/contacts/delete", one) for one in people]


def classify(response: HttpResponse) -> Result:
    """Read a 409 as what it is: the event came before."""
    return Result(Verdict.OK) if response.status == 409 else by_status(response)


DESTINATION = Destination(
    slug="loops",
    name="Loops (Actions)",
    aliases=("Loops",),
    docs="https://loops.so/docs/api-reference/send-event",
    settings=Settings,
    dedup="`Idempotency-Key`, a day",
    build=build,
    delete=delete,
    classify=classify,
    event_types=("track", "page", "screen", "identify"),
    rate=10,
)
