"""Linking again from stored events: nothing but the registers is written, and nothing is delivered.

There is no queue here, so no rebuild can ever send an event a second time.
"""

from collections.abc import Callable, Iterable
from itertools import batched

from headwater.identity.fold import fold
from headwater.identity.links import links
from headwater.identity.store import IdentityStore
from headwater.record import StoredEvent
from headwater.workspace import IdentityPolicy

# Folding many at once is what keeps a rebuild to one write a register or little more.
_EVENTS_A_FOLD = 20_000


def relink(
    events: Iterable[StoredEvent],
    store: IdentityStore,
    policy: IdentityPolicy,
    *,
    done: Callable[[int], object] = lambda _: None,
) -> int:
    """Make the registers say at least what the events say; return how many events there were.

    `done` hears of progress, in events. What a service refuses raises `DependencyError`: run again,
    since what is written already costs no second write.
    """
    count = 0
    for batch in batched(events, _EVENTS_A_FOLD, strict=False):
        facts = fold((position, links(event, policy)) for position, event in enumerate(batch))
        for claim in facts.claims:
            store.claim(claim.said)
        for merge in facts.merges:
            store.merge(merge.said)
        for saying in facts.sayings:
            store.said.learn(saying.said)
        for sighting in facts.sightings:
            store.said.note(sighting.said)
        count += len(batch)
        done(count)
    return count
