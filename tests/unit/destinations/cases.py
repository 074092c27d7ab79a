"""Cases as files: a client's call, a destination's settings, and what must leave for the vendor."""

import gzip
import json
from collections.abc import Generator, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl

from headwater.delivery.parcels import pack
from headwater.destination import DestinationSettings, Request, Unsendable
from headwater.destination.sheet import AnyDestination
from headwater.ids import usable_id
from headwater.ports import HttpRequest, HttpResponse
from headwater.record import Identity, Privacy, SourceReference, StoredEvent

NOW = datetime(2026, 3, 1, 12, 30, tzinfo=UTC)
_OWN = {"messageId", "timestamp", "receivedAt", "originalTimestamp", "sentAt", "type", "event"} | {
    "anonymousId",
    "userId",
    "previousId",
    "groupId",
    "name",
    "category",
    "properties",
    "traits",
    "context",
    "integrations",
    "enrichment",
    "noShare",
    "personId",
}


def stored(call: Mapping[str, Any], *, now: datetime = NOW) -> StoredEvent:
    """Store a client's call as the collector would: usable ids apart, times aware, rest as it came."""

    def moment(key: str) -> datetime | None:
        return datetime.fromisoformat(call[key]).astimezone(UTC) if call.get(key) else None

    received_at = moment("receivedAt") or moment("timestamp") or now
    return StoredEvent(
        type=call["type"],
        message_id=call.get("messageId", "message-1"),
        timestamp=moment("timestamp") or moment("originalTimestamp") or received_at,
        received_at=received_at,
        source=SourceReference("shop-web", "browser"),
        anonymous_id=call.get("anonymousId"),
        user_id=call.get("userId"),
        previous_id=call.get("previousId"),
        group_id=call.get("groupId"),
        event=call.get("event"),
        name=call.get("name"),
        category=call.get("category"),
        properties=call.get("properties") or {},
        traits=call.get("traits") or {},
        context=call.get("context") or {},
        integrations=call.get("integrations") or {},
        original_timestamp=call.get("originalTimestamp"),
        sent_at=moment("sentAt"),
        identity=Identity(
            anonymous_id=usable_id(call.get("anonymousId")),
            user_id=usable_id(call.get("userId")),
            previous_id=usable_id(call.get("previousId")),
            group_id=usable_id(call.get("groupId")),
            person_id=call.get("personId"),
        ),
        enrichment=call.get("enrichment") or {},
        privacy=Privacy(no_share=bool(call.get("noShare"))),
        extra={key: value for key, value in call.items() if key not in _OWN},
    )


def built(
    event: StoredEvent,
    sheet: AnyDestination,
    settings: DestinationSettings,
    answers: Iterable[HttpResponse] = (),
) -> tuple[Sequence[Request], Sequence[Request] | Unsendable]:
    """Return what a destination asked first, and what it then built; 201 answers what is not given."""
    return driven(sheet.build(event, settings), answers)


def driven(
    building: Sequence[Request] | Unsendable | Generator[Request, HttpResponse, Any],
    answers: Iterable[HttpResponse] = (),
) -> tuple[Sequence[Request], Sequence[Request] | Unsendable]:
    """Answer what is asked before anything is sent."""
    if not isinstance(building, Generator):
        return [], building
    asked, answering = [], iter(answers)
    try:
        asked.append(next(building))
        while True:
            asked.append(building.send(next(answering, HttpResponse(201))))
    except StopIteration as finished:
        return asked, finished.value


def leaving(
    events: Sequence[StoredEvent],
    sheet: AnyDestination,
    settings: Mapping[str, Any],
    *,
    now: datetime = NOW,
    answers: Iterable[HttpResponse] = (),
) -> list[HttpRequest] | str:
    """Return the requests that leave for the events, or why the first of them cannot be sent."""
    checked = sheet.settings.model_validate(settings)
    requests = []
    for place, event in enumerate(events):
        asked, then = built(event, sheet, checked, answers)
        if isinstance(then, Unsendable):
            return then.reason
        requests += [(place, request) for request in [*asked, *then]]
    parcels, too_large = pack(requests, sheet, now=now)
    assert not too_large
    return [parcel.to_http(sheet, now=now) for parcel in parcels]


def readable(request: HttpRequest) -> dict[str, Any]:
    """Show a request as a case file writes it: the body as JSON or as form fields."""
    headers = dict(request.headers)
    body = request.body
    if body is not None and headers.get("Content-Encoding") == "gzip":
        body = gzip.decompress(body)
    shown: dict[str, Any] = {"method": request.method, "url": request.url, "headers": headers}
    if body is None:
        return shown
    if headers["Content-Type"] == "application/x-www-form-urlencoded":
        return {**shown, "form": dict(parse_qsl(body.decode(), keep_blank_values=True))}
    return {**shown, "json": json.loads(body)}
