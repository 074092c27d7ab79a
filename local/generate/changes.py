"""The change log that the stitcher would have written for a set of events, computed at once."""

from collections.abc import Iterable, Iterator

from headwater.identity.changes import ChangeRow, merge_row
from headwater.identity.device import Claim
from headwater.identity.links import Merge, links
from headwater.ids import person_of_user
from headwater.record import StoredEvent, from_iso

_MAX_USERS = 5
_LOGGED_AT = from_iso("2026-01-01T00:00:00.000Z")


def changes(events: Iterable[StoredEvent]) -> Iterator[ChangeRow]:
    """Yield one row for each device that has an owner, and for each person that became another."""
    claims: dict[str, Claim] = {}
    merges: list[Merge] = []
    for event in events:
        said = links(event)
        for claim in said.claims:
            known = claims.get(claim.anonymous_id)
            claims[claim.anonymous_id] = claim if known is None else known.join(claim)
        merges += said.merges
    for claim in claims.values():
        yield ChangeRow(
            kind="owner",
            id_value=claim.anonymous_id,
            owner_user_id=claim.owner,
            shared=len(claim.users) > _MAX_USERS,
            seq=1,
            changed_at=_LOGGED_AT,
            trigger_message_id=claim.message_id,
        )
    yield from _merge_rows(merges)


def _merge_rows(merges: Iterable[Merge]) -> Iterator[ChangeRow]:
    """Join components until nothing moves; each person but the root of its component gets a row."""
    root: dict[str, str] = {}
    edges = [(person_of_user(merge.previous_user), person_of_user(merge.user)) for merge in merges]
    moved = True
    while moved:
        moved = False
        for edge in edges:
            lowest = min(root.get(person, person) for person in edge)
            for person in edge:
                if root.get(person, person) != lowest:
                    root[person] = lowest
                    moved = True
    for person, top in root.items():
        yield merge_row(person, parent=top, root=top, at=_LOGGED_AT, message_id=None)
