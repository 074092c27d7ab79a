"""What one event says about identity: its device's user, the users it joins, its traits, its group."""

from dataclasses import dataclass

from headwater.identity.believed import believed
from headwater.identity.device import Claim
from headwater.identity.effective_time import effective_time
from headwater.identity.saying import Node, Saying
from headwater.identity.sighting import Sighting, membership, refused_alias
from headwater.identity.traits import traits_of
from headwater.record import StoredEvent
from headwater.workspace import IdentityPolicy

DEFAULT_POLICY = IdentityPolicy()


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
    sayings: tuple[Saying, ...] = ()
    sightings: tuple[Sighting, ...] = ()


def links(event: StoredEvent, policy: IdentityPolicy = DEFAULT_POLICY) -> Links:
    """Return what the event says about who is who (R1, R4, R5), from the ids that are believed."""
    heard = believed(event, policy)
    if heard is None:
        return Links()
    event, at = heard, effective_time(heard)
    match event.type:
        case "alias":
            return _alias(event, at)
        case "identify":
            return Links(claims=_claims(event, at), sayings=_identify(event, at))
        case "group":
            return _group(event, at)
        case _:
            return Links(claims=_claims(event, at))


def _claims(event: StoredEvent, at: int, *, previous_id: str | None = None) -> tuple[Claim, ...]:
    """Link every device the event shows to its user: any call with both ids does (R1)."""
    user = event.identity.user_id
    if user is None:
        return ()
    return tuple(
        Claim(device, at, user, frozenset((user,)), event.message_id)
        for device in dict.fromkeys((event.identity.anonymous_id, previous_id))
        if device is not None
    )


def _alias(event: StoredEvent, at: int) -> Links:
    """Count the previous id as a device and as a user: only later events show which it was.

    Joining two users takes a secret key, since a public one may lie. Its attempt is kept for
    somebody to look at, unless it names the event's own device, as analytics.js does by default.
    """
    user, previous = event.identity.user_id, event.identity.previous_id
    if user is None or previous is None or previous == user:
        return Links(claims=_claims(event, at))
    claims = _claims(event, at, previous_id=previous)
    if event.source.kind == "server":
        return Links(claims=claims, merges=(Merge(previous, user, at, event.message_id),))
    if previous == event.identity.anonymous_id:
        return Links(claims=claims)
    refused = refused_alias(user, previous, at=at, message_id=event.message_id)
    return Links(claims=claims, sightings=(refused,))


def _identify(event: StoredEvent, at: int) -> tuple[Saying, ...]:
    node = _speaker(event)
    if node is None:
        return ()
    traits = traits_of(event.traits, at=at, message_id=event.message_id)
    return (Saying.at(node, traits, at),)


def _group(event: StoredEvent, at: int) -> Links:
    """Read what a `group` call says about the group, and that its user or device belongs to it."""
    node, group = _speaker(event), event.identity.group_id
    claims = _claims(event, at)
    if group is None:
        return Links(claims=claims)
    traits = traits_of(event.traits, at=at, message_id=event.message_id)
    sayings = (Saying.at(f"g:{group}", traits, at),) if traits else ()
    if node is None:
        return Links(claims=claims, sayings=sayings)
    belongs = membership(node, group, at=at, message_id=event.message_id)
    return Links(claims=claims, sayings=sayings, sightings=(belongs,))


def _speaker(event: StoredEvent) -> Node | None:
    """Return whom the event is about: its user, or its device while nobody is known."""
    if event.identity.user_id is not None:
        return "u:" + event.identity.user_id
    if event.identity.anonymous_id is not None:
        return "a:" + event.identity.anonymous_id
    return None
