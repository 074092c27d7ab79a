"""What some events say about one user, device or group: its traits, and from when to when."""

from dataclasses import dataclass

from headwater.identity import traits as trait_register
from headwater.identity.traits import Traits

# Who is spoken about: "u:<userId>", "a:<anonymousId>" or "g:<groupId>".
type Node = str

_DAY_MILLISECONDS = 86_400_000


@dataclass(frozen=True, slots=True)
class Saying:
    """Traits said about a node between two days (counted from 1970), both included."""

    node: Node
    traits: Traits
    first_day: int
    last_day: int

    @classmethod
    def at(cls, node: Node, traits: Traits, at: int) -> "Saying":
        """Return what was said at one moment, given in milliseconds."""
        day = at // _DAY_MILLISECONDS
        return cls(node, traits, day, day)

    def join(self, other: "Saying") -> "Saying":
        """Return what both say together."""
        return Saying(
            self.node,
            trait_register.join(self.traits, other.traits),
            min(self.first_day, other.first_day),
            max(self.last_day, other.last_day),
        )
