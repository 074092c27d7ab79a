"""The customer's journey of the founding paper, and a list of every call that it sent.

Visit anonymously → browse and track → newsletter email as a trait → sign up with a permanent user
id → later a phone with a new anonymous id logs in → a nightly event from the server. Played in
headless Chromium with Headwater's tag when it is installed, else over HTTP with messages of
the same shape.
"""

import json
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from local.endpoints import Endpoints
from local.played import Checkpoint, Moment, Player, PlayError, Sender, Sent, Step
from local.played_in_chromium import ChromiumPlayer, missing
from local.played_over_http import HttpPlayer
from local.shop.tracking import Tracking

Say = Callable[[str], None]
Look = Callable[[Moment, tuple[Sent, ...]], None]


@dataclass(frozen=True, slots=True)
class Journey:
    """A journey that was played: who travelled, with what, and every event that was taken once."""

    played_by: str
    began_at: datetime
    email: str
    user_id: str
    laptop: str
    phone: str
    sent: tuple[Sent, ...]


def player(endpoints: Endpoints, *, say: Say) -> Player:
    """Return Chromium with Headwater's tag, or, saying why, the same journey over HTTP."""
    reason = missing()
    if reason is None:
        return ChromiumPlayer(site=endpoints.site, prefix=endpoints.prefix)
    say(f"{reason}: playing the journey over HTTP, with messages of analytics.js's shape")
    return HttpPlayer(site=endpoints.site, prefix=endpoints.prefix, write_key=endpoints.write_key)


def play(endpoints: Endpoints, visitor: Player, *, email: str, say: Say, look: Look) -> Journey:
    """Play the whole journey; `look` is called at each pause with what was sent so far.

    Raises `PlayError` when a step does not come about.
    """
    began_at = datetime.now(UTC)
    # By messageId: a browser may send a message twice, and it is still one event.
    sent: dict[str, Sent] = {}
    for happening in visitor.play(email=email):
        match happening:
            case Step(text):
                say(text)
            case Sent():
                sent.setdefault(happening.message_id, happening)
            case Checkpoint(moment):
                look(moment, tuple(sent.values()))
    for message in _of_the_shop_server(endpoints, sent):
        sent.setdefault(message.message_id, message)
    user_id = _only({message.user_id for message in sent.values() if message.user_id}, "user id")
    say("at night: an event from the server, without any browser")
    for message in _nightly(endpoints, user_id):
        sent.setdefault(message.message_id, message)
    return Journey(
        played_by=visitor.description,
        began_at=began_at,
        email=email,
        user_id=user_id,
        laptop=_device("laptop", sent),
        phone=_device("phone", sent),
        sent=tuple(sent.values()),
    )


def _of_the_shop_server(endpoints: Endpoints, sent: dict[str, Sent]) -> tuple[Sent, ...]:
    # The shop's server tells about every customer; this journey is about one.
    users = {message.user_id for message in sent.values()}
    with urllib.request.urlopen(f"{endpoints.site}/api/sent", timeout=30) as reply:
        messages = json.load(reply)
    return tuple(
        Sent.of("shop server", message) for message in messages if message["userId"] in users
    )


def _nightly(endpoints: Endpoints, user_id: str) -> tuple[Sent, ...]:
    job = Tracking(write_key=endpoints.server_key, host=f"{endpoints.site}{endpoints.prefix}")
    try:
        job.nightly(user_id)
    finally:
        job.close()
    return tuple(Sent.of("nightly job", message) for message in job.sent)


def _device(sender: Sender, sent: dict[str, Sent]) -> str:
    ids = {message.anonymous_id for message in sent.values() if message.sender == sender}
    return _only({anonymous_id for anonymous_id in ids if anonymous_id}, f"{sender}'s anonymous id")


def _only(found: set[str], what: str) -> str:
    if len(found) != 1:
        raise PlayError(f"expected one {what}, saw {len(found)}")
    return found.pop()
