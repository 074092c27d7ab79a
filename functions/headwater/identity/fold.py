"""A batch of events, joined to one fact per item of the table before anything is written."""

from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from typing import Protocol, Self

from headwater.identity.device import Claim
from headwater.identity.links import Links, Merge
from headwater.identity.saying import Saying
from headwater.identity.sighting import Sighting


@dataclass(frozen=True, slots=True)
class Fact[Said]:
    """What the batch says about one item, and the first record of the batch that says it."""

    first: int
    said: Said


@dataclass(frozen=True, slots=True)
class Folded:
    """At most one fact an item. Facts are in the order of the first record that touched the item."""

    claims: tuple[Fact[Claim], ...]
    merges: tuple[Fact[Merge], ...]
    sayings: tuple[Fact[Saying], ...]
    sightings: tuple[Fact[Sighting], ...]


class _Joinable(Protocol):
    def join(self, other: Self, /) -> Self: ...


def fold(batch: Iterable[tuple[int, Links]]) -> Folded:
    """Join the links of a batch, given with the position of the record each came in.

    A hot user's thousand events in one batch become one write.
    """
    claims: dict[Hashable, Fact[Claim]] = {}
    merges: dict[Hashable, Fact[Merge]] = {}
    sayings: dict[Hashable, Fact[Saying]] = {}
    sightings: dict[Hashable, Fact[Sighting]] = {}
    for position, links in batch:
        for claim in links.claims:
            _add(claims, claim.anonymous_id, position, claim)
        for merge in links.merges:
            merges.setdefault((merge.previous_user, merge.user), Fact(position, merge))
        for saying in links.sayings:
            _add(sayings, saying.node, position, saying)
        for sighting in links.sightings:
            _add(sightings, (sighting.pk, sighting.sk), position, sighting)
    return Folded(
        tuple(claims.values()),
        tuple(merges.values()),
        tuple(sayings.values()),
        tuple(sightings.values()),
    )


def _add[Said: _Joinable](
    facts: dict[Hashable, Fact[Said]], item: Hashable, position: int, said: Said
) -> None:
    known = facts.get(item)
    facts[item] = Fact(known.first, known.said.join(said)) if known else Fact(position, said)
