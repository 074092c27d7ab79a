"""Whose a stored JSON object is: by its ids, and by nothing that only looks like one.

A user id decides where there is one, because several people may use one device. Ids match whole and
exactly, so `user-1` is never `user-10`.
"""

from collections.abc import Mapping
from typing import Any

from headwater.erasure.person import Person
from headwater.ids import usable_id

_USER = ("userId", "user_id")
_DEVICE = ("anonymousId", "anonymous_id")


def owns_event(event: Mapping[str, Any], person: Person) -> bool:
    """Tell whether a Segment message, as it was sent or stored, is the person's."""
    identity = event.get("identity")
    places = (event, identity) if isinstance(identity, Mapping) else (event,)
    enrichment = event.get("enrichment")
    # An unproven claim: kept beside the event, and as suppressed as the id itself.
    claimed = enrichment.get("claimedUserId") if isinstance(enrichment, Mapping) else None
    if isinstance(claimed, str) and claimed in person.user_set:
        return True
    users = _ids(places, _USER)
    if users:
        return not person.user_set.isdisjoint(users)
    return not person.device_set.isdisjoint(_ids(places, _DEVICE))


def names_somebody(event: Mapping[str, Any]) -> bool:
    """Tell whether it has a user's or a device's id of its own."""
    return bool(_ids((event,), (*_USER, *_DEVICE)))


def owns_change(row: Mapping[str, Any], person: Person) -> bool:
    """Tell whether a row of `identity_changes` tells of the person."""
    names = ("id_value", "owner_user_id", "parent_id", "root_id")
    return any(row.get(name) in person.ids for name in names)


def _ids(places: tuple[Mapping[str, Any], ...], names: tuple[str, ...]) -> set[str]:
    found = (usable_id(place.get(name)) for place in places for name in names)
    return {id_ for id_ in found if id_ is not None}
