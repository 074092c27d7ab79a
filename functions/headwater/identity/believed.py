"""Which ids of an event are believed: not every id that stands for somebody is, of everybody.

`lake.believed` says the same in SQL.
"""

from copy import replace

from headwater.record import Identity, StoredEvent
from headwater.workspace import IdentityPolicy


def believed(event: StoredEvent, policy: IdentityPolicy) -> StoredEvent | None:
    """Return the event with the ids that may link, None when it may say nothing of who is who.

    A blocked id stands for nobody, as if it had been a placeholder when it came. What a browser says
    of a user without proof is not believed where proof is asked for, and neither is the rest of it:
    its traits would be those of whoever owns the device.
    """
    if "claimedUserId" in event.enrichment or _lacks_proof(event, policy):
        return None
    blocked = policy.blocked_ids
    if not blocked:
        return event
    identity = event.identity
    if blocked.isdisjoint((identity.user_id, identity.anonymous_id, identity.previous_id)):
        return event
    return replace(
        event,
        identity=replace(
            identity,
            user_id=None if identity.user_id in blocked else identity.user_id,
            anonymous_id=None if identity.anonymous_id in blocked else identity.anonymous_id,
            previous_id=None if identity.previous_id in blocked else identity.previous_id,
        ),
    )


def whose(event: StoredEvent, policy: IdentityPolicy) -> Identity:
    """Return the ids by which the event is somebody's: a user without proof leaves it to the device.

    A blocked id links nobody, but what was done under it is still its own.
    """
    return replace(event.identity, user_id=None) if _lacks_proof(event, policy) else event.identity


def _lacks_proof(event: StoredEvent, policy: IdentityPolicy) -> bool:
    return (
        policy.require_proof
        and event.source.kind == "browser"
        and event.identity.user_id is not None
        and not event.identity.proven
    )
