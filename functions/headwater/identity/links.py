"""What one event says about identity: which device it shows a user on, which users it joins."""

from dataclasses import dataclass, field

from headwater.identity.device import Claim
from headwater.identity.effective_time import effective_time
from headwater.identity.traits import Trait, traits_of
from headwater.record import StoredEvent

# Whom traits are said about: "u:<userId>" or "a:<anonymousId>".
type Node = str


@dataclass(frozen=True, slots=True)
class Merge:
    """Somebody trusted says that two known users are one person."""

    previous_user: str
    user: str
    at: int  # effective time in milliseconds
    message_id: str


@dataclass(frozen=True, slots=True)
class Links:
    """The facts of one event. Empty for an event that shows nobody, or only one id."""

    claims: tuple[Claim, ...] = ()
    merges: tuple[Merge, ...] = ()
    traits: dict[Node, dict[str, Trait]] = field(default_factory=dict)


def links(event: StoredEvent) -> Links:
    """Return what the event says about who is who (R1, R4, R5), from its usable ids only."""
    user = event.identity.user_id
    at = effective_time(event)
    devices: list[str] = []
    merges: list[Merge] = []
    if user is not None:
        if event.identity.anonymous_id is not None:
            devices.append(event.identity.anonymous_id)
        previous = event.identity.previous_id
        if event.type == "alias" and previous is not None and previous != user:
            # Nothing tells an old device from an old user but what later events show, so it counts
            # as both; joining two users takes a secret key, since a public one may lie.
            devices.append(previous)
            if event.source.kind == "server":
                merges.append(Merge(previous, user, at, event.message_id))
    claims = tuple(
        Claim(device, at, user, frozenset((user,)), event.message_id)
        for device in dict.fromkeys(devices)
        if user is not None
    )
    return Links(claims, tuple(merges), _traits(event, at))


def _traits(event: StoredEvent, at: int) -> dict[Node, dict[str, Trait]]:
    """Return what an `identify` says: about its user, or its device while nobody is known."""
    if event.type != "identify" or not event.traits:
        return {}
    identity = event.identity
    if identity.user_id is not None:
        node = "u:" + identity.user_id
    elif identity.anonymous_id is not None:
        node = "a:" + identity.anonymous_id
    else:
        return {}
    return {node: traits_of(event.traits, at=at, message_id=event.message_id)}
