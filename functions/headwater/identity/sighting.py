"""Facts of which only the earliest mention matters: who belongs to which group, what was refused."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Sighting:
    """That something was said, first at `at` (effective time in milliseconds)."""

    pk: str
    sk: str
    at: int
    message_id: str

    def join(self, other: "Sighting") -> "Sighting":
        """Return the earlier of two sightings of the same thing."""
        return min(self, other, key=lambda sighting: (sighting.at, sighting.message_id))


def membership(node: str, group_id: str, *, at: int, message_id: str) -> Sighting:
    """Return that a user or device (`u:…`, `a:…`) belongs to a group; beside its traits."""
    return Sighting(f"T#{node}", f"g#{group_id}", at, message_id)


def refused_alias(user_id: str, previous_id: str, *, at: int, message_id: str) -> Sighting:
    """Return that a public key asked to join two users, which takes a secret one (R4)."""
    return Sighting(f"W#{user_id}", f"alias#{previous_id}", at, message_id)
