"""Optimizely (Feature Experimentation): conversions and shown variations, by the ids of your data file.

Limits: 3.5 MB a request, no published rate; any age. Dedup: an event's `uuid`. The data file turns event
and attribute keys into ids, so it is fetched before each event is sent (from Optimizely's CDN); what it
does not know, Optimizely has no word for. An erasure takes one visitor, and is worked off later.
Source: docs.developers.optimizely.com, Event API (bundle events and visitors), read 2026-11-27, and
feature-experimentation/reference/create_sar_request, read 2026-11-28.
"""

from collections.abc import Generator, Mapping, Sequence
from typing import Any

from pydantic import Field, SecretStr

from headwater.destination import Destination, DestinationSettings, Request, Subject, Unsendable
from headwater.destination.address import PublicUrl
from headwater.destination.answer import said
from headwater.destination.authorization import bearer
from headwater.destination.message_id import as_uuid
from headwater.destination.options import options
from headwater.destination.reading import at, epoch_ms, number, present, text, traits
from headwater.ports import HttpResponse
from headwater.record import StoredEvent

_EVENTS = "https://logx.optimizely.com/v1/events"
_NAMES = ("Optimizely Feature Experimentation (Actions)", "Optimizely", "optimizely_fullstack")
_APART = ("revenue", "quantity")


class Settings(DestinationSettings):
    """The account, the address of its data file, and your names for what it holds.

    `events` event, page or category name → event key (a key that is the event's own name needs no entry),
    `attributes` trait → attribute key, `campaign_id` and `experiment_id` of the variations that identify
    calls report, `known_users`: file visitors by their user id, and skip those without one. A personal
    `access_token` is what erasures need.
    """

    account_id: str
    data_file_url: PublicUrl
    events: Mapping[str, str] = Field(default_factory=dict)
    attributes: Mapping[str, str] = Field(default_factory=dict)
    campaign_id: str | None = None
    experiment_id: str | None = None
    known_users: bool = True
    anonymize_ip: bool = False
    access_token: SecretStr | None = None


type _Asking = Generator[Request, HttpResponse, Sequence[Request] | Unsendable]


def build(event: StoredEvent, settings: Settings) -> Sequence[Request] | _Asking:
    """Send the conversions a call stands for, or the variation an identify reports."""
    identity = event.identity
    visitor = identity.user_id if settings.known_users else identity.anonymous_id
    names = _event_names(event, settings)
    if visitor is None or not (names or _decision(event, settings)):
        return []
    return _told(event, settings, visitor, names)


def _told(event: StoredEvent, settings: Settings, visitor: str, names: Sequence[str]) -> _Asking:
    answer = yield Request(method="GET", url=settings.data_file_url.get_secret_value())
    known = _data_file(answer)
    if known is None:
        return Unsendable("data_file_unreadable")
    decision = _decision(event, settings)
    events = (
        [_activated(event, decision)]
        if decision
        else _conversions(event, _ids(known, "events"), names)
    )
    if not events:
        return []
    session = text(event.context.get("sessionId")) or text(event.extra.get("session_id"))
    person = {
        "visitor_id": visitor,
        "session_id": session,
        "attributes": _attributes(event, settings, _ids(known, "attributes")) or None,
        "snapshots": [{"decisions": [decision] if decision else [], "events": events}],
    }
    around = {
        "account_id": settings.account_id,
        "anonymize_ip": settings.anonymize_ip,
        "enrich_decisions": True,
        "client_name": "headwater",
        "client_version": "1.0.0",
    }
    return [Request(url=_EVENTS, json=around, lists={"visitors": [present(person)]})]


def _event_names(event: StoredEvent, settings: Settings) -> Sequence[str]:
    """Name the keys a call may stand for: a page's category and its name are two."""
    mapped = {name.lower(): key for name, key in settings.events.items()}
    if event.type == "track":
        name = text(event.event)
        return [mapped.get(name.lower(), name)] if name else []
    if event.type == "identify":
        return []
    said = (text(event.category) or text(event.properties.get("category")), text(event.name))
    return [mapped[name.lower()] for name in said if name and name.lower() in mapped]


def _data_file(answer: HttpResponse) -> Mapping[str, Any] | None:
    known = said(answer) if answer.status == 200 else None
    return known if isinstance(known, Mapping) else None


def _ids(known: Mapping[str, Any], kind: str) -> Mapping[str, tuple[str, str]]:
    """Return the data file's entries: key in lower case → (id, key as written)."""
    listed = known.get(kind)
    pairs = [
        (text(at(entry, "id")), text(at(entry, "key")))
        for entry in (listed if isinstance(listed, list) else [])
    ]
    return {key.lower(): (id_, key) for id_, key in pairs if id_ and key}


def _conversions(
    event: StoredEvent, ids: Mapping[str, tuple[str, str]], names: Sequence[str]
) -> Sequence[Mapping[str, Any]]:
    found = [ids[name.lower()] for name in names if name.lower() in ids]
    apart = _APART if event.type == "track" else ()
    tags = {name: value for name, value in event.properties.items() if name not in apart}
    revenue = number(event.properties.get("revenue")) if apart else None
    return [
        present(
            {
                "entity_id": id_,
                "key": key,
                "timestamp": epoch_ms(event),
                # One call that is two conversions must not look like one sent twice.
                "uuid": as_uuid(f"{event.message_id} {place}") if place else event.message_id,
                "revenue": round(revenue * 100) if revenue is not None else None,
                "quantity": number(event.properties.get("quantity")) if apart else None,
                "tags": tags,
            }
        )
        for place, (id_, key) in enumerate(found)
    ]


def _decision(event: StoredEvent, settings: Settings) -> Mapping[str, Any]:
    """Read the variation an identify call says was shown, from its options for Optimizely."""
    said = options(event, *_NAMES)
    decision = {
        "campaign_id": text(said.get("campaignId")) or settings.campaign_id,
        "experiment_id": text(said.get("experimentId")) or settings.experiment_id,
        "variation_id": text(said.get("variationId")),
    }
    return decision if event.type == "identify" and all(decision.values()) else {}


def _activated(event: StoredEvent, decision: Mapping[str, Any]) -> Mapping[str, Any]:
    return {
        "entity_id": decision["campaign_id"],
        "type": "campaign_activated",
        "timestamp": epoch_ms(event),
        "uuid": event.message_id,
    }


def _attributes(
    event: StoredEvent, settings: Settings, ids: Mapping[str, tuple[str, str]]
) -> Sequence[Mapping[str, Any]]:
    known = traits(event)
    return [
        {"entity_id": id_, "key": key, "type": "custom", "value": known[trait]}
        for trait, wanted in settings.attributes.items()
        if isinstance(known.get(trait), str | int | float) and wanted.lower() in ids
        for id_, key in [ids[wanted.lower()]]
    ]


def delete(subject: Subject, settings: Settings) -> Sequence[Request] | Unsendable:
    """Ask for the erasure of each visitor that an id of the person's may be."""
    if settings.access_token is None:
        return Unsendable("access_token_not_set")
    asked = {"data_type": "visitor", "identifier_type": "fullstack_id", "request_type": "delete"}
    return [
        Request(
            url="https://api.optimizely.com/v2/subject-access-requests",
            headers=bearer(settings.access_token),
            json={**asked, "identifier": one},
        )
        for one in subject.ids
    ]


DESTINATION = Destination(
    slug="optimizely",
    name=_NAMES[0],
    aliases=_NAMES[1:],
    docs="https://docs.developers.optimizely.com/optimizely-data/docs/event-api",
    settings=Settings,
    dedup="`uuid`",
    build=build,
    delete=delete,
    event_types=("track", "page", "screen", "identify"),
    max_events=500,
    max_bytes=3_500_000,
)
