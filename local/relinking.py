"""Who is who, made anew from the lake: rebuild, un-merge, and the change log told again.

Over ports, so that it is the same for a stage and for a test. Nothing here can deliver an event: to
link again takes no queue. Each may be stopped at any moment and run again.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from headwater.identity.replaying import relink
from headwater.identity.snapshot import take_snapshot
from headwater.identity.store import IdentityStore
from headwater.identity.switch import differences, switch
from headwater.identity.unmerge import affected, take_back
from headwater.lake.keys import IDENTITY_CHANGES, identity_changes_key
from headwater.ports import ObjectStore, StoredObject, WholeTable
from headwater.privacy.suppressions import published
from headwater.record import StoredEvent
from headwater.workspace import IdentityPolicy

from local.lake_events import events, objects
from local.progress import bar, say

# The lander's window is five minutes at most: what the stream held when we began is in the bucket then.
LANDING = timedelta(minutes=6)


@dataclass(frozen=True, slots=True)
class Deployed:
    """What the commands work on; `landed` returns when the bucket holds what the stream held."""

    live: WholeTable
    store: ObjectStore
    policy: IdentityPolicy
    now: Callable[[], datetime]
    landed: Callable[[], None]


def rebuild(deployed: Deployed, rebuilt: WholeTable) -> int:
    """Link everything again into the empty table given, then make the live one say the same.

    Returns how many registers differed.
    """
    began = deployed.now()
    link(deployed, rebuilt, objects(deployed.store))
    differing = differences(deployed.live, rebuilt)
    for number, key in enumerate(differing, 1):
        switch(key, deployed.live, rebuilt)
        bar("switched", number, len(differing))
    # A live write may have met the switch half way, and its event is in the bucket by then.
    deployed.landed()
    link(deployed, deployed.live, objects(deployed.store, since=began - LANDING))
    rebuild_changes(deployed)
    return len(differing)


def unmerge(deployed: Deployed) -> int:
    """Take back what blocked ids have linked, and link the rest of it again; return the events."""
    touched = affected(deployed.policy.blocked_ids, deployed.live)
    take_back(touched, deployed.live)
    deployed.landed()
    count = link(deployed, deployed.live, objects(deployed.store), wanted=touched.concerns)
    rebuild_changes(deployed)
    return count


def rebuild_changes(deployed: Deployed) -> None:
    """Tell the whole table into `identity_changes/`, then remove what was told there before."""
    before = [found.key for found in deployed.store.list(IDENTITY_CHANGES)]
    now = deployed.now()
    told = take_snapshot(
        deployed.live, deployed.store, now=now, part_key=identity_changes_key, afresh=True
    )
    written = {identity_changes_key(now, f"snapshot-{part:05}") for part in range(told.parts)}
    old = [key for key in before if key not in written]
    for number, key in enumerate(old, 1):
        deployed.store.delete(key)
        bar("removed", number, len(old))


def link(
    deployed: Deployed,
    table: WholeTable,
    listed: list[StoredObject],
    *,
    wanted: Callable[[StoredEvent], bool] = lambda _: True,
) -> int:
    """Link the events of the objects into a table, as the stitcher would; return how many.

    What is kept of the suppressed, such as their lines in the archive, links nobody any more.
    """
    suppressed = published(deployed.store)
    total = sum(each.size for each in listed)
    read = events(deployed.store, listed, done=lambda behind: bar("read", behind, total))
    store = IdentityStore(
        table, max_users_per_device=deployed.policy.max_users_per_device, cached_devices=500_000
    )
    heard = (event for event in read if wanted(event) and not suppressed.concerns(event))
    count = relink(heard, store, deployed.policy)
    say(f"{count} events linked")
    return count
