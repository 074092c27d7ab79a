"""A batch of events, joined to one fact per item of the table before anything is written."""

from collections.abc import Iterable
from dataclasses import dataclass

from headwater.identity.device import Claim
from headwater.identity.links import Links, Merge, Node
from headwater.identity.traits import Trait, join


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
    traits: tuple[Fact[tuple[Node, dict[str, Trait]]], ...]


def fold(batch: Iterable[tuple[int, Links]]) -> Folded:
    """Join the links of a batch, given with the position of the record each came in.

    A hot user's thousand events in one batch become one write.
    """
    claims: dict[str, Fact[Claim]] = {}
    merges: dict[tuple[str, str], Fact[Merge]] = {}
    traits: dict[Node, Fact[tuple[Node, dict[str, Trait]]]] = {}
    for position, links in batch:
        for claim in links.claims:
            known = claims.get(claim.anonymous_id)
            claims[claim.anonymous_id] = (
                Fact(known.first, known.said.join(claim)) if known else Fact(position, claim)
            )
        for merge in links.merges:
            pair = (merge.previous_user, merge.user)
            merges.setdefault(pair, Fact(position, merge))
        for node, said in links.traits.items():
            heard = traits.get(node)
            traits[node] = (
                Fact(heard.first, (node, join(heard.said[1], said)))
                if heard
                else Fact(position, (node, said))
            )
    return Folded(tuple(claims.values()), tuple(merges.values()), tuple(traits.values()))
