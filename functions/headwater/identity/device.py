"""Whose device it is: the first owner by effective time, and how many users were seen on it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Self


@dataclass(frozen=True, slots=True)
class Claim:
    """What some events say about one device: the earliest user on it, and every user seen there."""

    anonymous_id: str
    since: int  # effective time in milliseconds
    owner: str
    users: frozenset[str]
    message_id: str  # of the event that made `owner` the earliest

    def join(self, other: "Claim") -> "Claim":
        """Return what both say together."""
        first = min(self, other, key=lambda claim: (claim.since, claim.owner, claim.message_id))
        return Claim(
            self.anonymous_id,
            first.since,
            first.owner,
            self.users | other.users,
            first.message_id,
        )


@dataclass(frozen=True, slots=True)
class Device:
    """The register of a device: the smallest (effective time, user id), and the users seen.

    `users` stops growing at one more than `max_users`: then the device is shared, for good.
    """

    since: int | None = None
    owner: str | None = None
    users: frozenset[str] = frozenset()
    max_users: int = 5
    version: int = 0

    @classmethod
    def from_item(cls, item: Mapping[str, Any] | None, *, max_users: int) -> Self:
        """Read the register as the table holds it; no item is a device nobody has claimed."""
        if item is None or "ots" not in item:
            return cls(max_users=max_users)
        users = frozenset(item.get("us", ()))
        return cls(int(item["ots"]), item["owner"], users, max_users, int(item["v"]))

    @property
    def shared(self) -> bool:
        """Whether so many users were seen that its anonymous events belong to none of them (R8)."""
        return len(self.users) > self.max_users

    @property
    def person_owner(self) -> str | None:
        """Whose the device's anonymous events are: the first owner's, unless it is shared."""
        return None if self.shared else self.owner

    def precedes(self, claim: Claim) -> bool:
        """Whether the register's owner is at least as early as the claim's (R3; a tie by user id)."""
        if self.since is None or self.owner is None:
            return False
        return (self.since, self.owner) <= (claim.since, claim.owner)

    def missing(self, users: Iterable[str]) -> tuple[str, ...]:
        """Return the users still to be remembered, no more than it takes to know it is shared."""
        room = max(0, self.max_users + 1 - len(self.users))
        return tuple(sorted(set(users) - self.users)[:room])

    def covers(self, claim: Claim) -> bool:
        """Whether the claim says nothing new. A stale register may say no wrongly, never yes."""
        return self.precedes(claim) and not self.missing(claim.users)
