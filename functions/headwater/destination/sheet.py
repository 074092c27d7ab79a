"""The data sheet of a destination: what it takes, how much of it, how old, and for whom."""

from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from headwater.destination.request import Request, Unsendable
from headwater.destination.result import Result, by_status
from headwater.destination.subject import Subject
from headwater.ports import HttpResponse
from headwater.record import StoredEvent

EventType = Literal["track", "page", "screen", "identify", "group", "alias"]
EVENT_TYPES: tuple[EventType, ...] = ("track", "page", "screen", "identify", "group", "alias")


class DestinationSettings(BaseModel):
    """The base of every destination's settings: frozen, exact, and silent about its values.

    What is secret is a `SecretStr`. Any string may be given as `"secret:NAME"` in the workspace.
    """

    # Built when first used: a type nobody configured costs its file, and no validator.
    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        hide_input_in_errors=True,
        defer_build=True,
        protected_namespaces=(),  # nor is each name held against pydantic's own
    )


# What `build` returns: requests; nothing, when this destination has no word for the event; or why
# the event can never go there. Where a look-up comes first it is a generator: it yields a request,
# receives the vendor's answer, and returns what is left to send.
type Built = Sequence[Request] | Unsendable
type Build[S: DestinationSettings] = Callable[
    [StoredEvent, S], Built | Generator[Request, HttpResponse, Built]
]

# The vendor's own call to erase a person (GDPR, article 17; CCPA): pure, as `build` is. The answers
# are read by the sheet's `classify`, so what is queued at the vendor (202) counts as asked. Where the
# settings lack the key that erasing takes, it says so, and somebody has to do it.
type Delete[S: DestinationSettings] = Callable[
    [Subject, S], Built | Generator[Request, HttpResponse, Built]
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Destination[S: DestinationSettings]:
    """A kind of destination. `build` is pure: the same event and settings, the same requests."""

    slug: str  # what the workspace file calls it, as `type`
    name: str  # what `integrations: {"Name": false}` calls it: Segment's display name
    docs: str  # the vendor's page the mapping was written from
    settings: type[S]
    build: Build[S]
    classify: Callable[[HttpResponse], Result] = field(default=by_status)
    delete: Delete[S] | None = None  # None: the vendor has no call that erases a person
    dedup: str = (
        ""  # by what the vendor drops repeats, as the documentation says it; empty: it drops none
    )
    aliases: tuple[str, ...] = ()
    event_types: tuple[EventType, ...] = EVENT_TYPES
    max_events: int = 1  # items in one request
    max_bytes: int = 512_000  # of one request's body, before compression
    rate: float | None = (
        None  # requests a second the vendor allows an account; None: it says by 429
    )
    max_age: timedelta | None = None  # how old an event the vendor takes; None: any age
    gzip: bool = False  # whether the vendor takes compressed bodies
    consent: tuple[str, ...] = ()  # the consent categories it needs, all of them
    advertising: bool = False  # whether sending is sale or sharing (GPC, no-share events)


type AnyDestination = Destination[Any]
