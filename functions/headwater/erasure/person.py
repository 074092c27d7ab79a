"""All ids of a person, found through the identity table, and only that person's.

A graph can be poisoned: an id that glues strangers together must not erase them (threat T3 of the
privacy reference). So a device of many people is nobody's, a graph beyond the profile's limits is
refused, and a person of many ids waits until somebody has looked.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import blake2b
from typing import Any, Literal

from headwater.identity.people import read_profile
from headwater.ids import person_of_device, person_of_user
from headwater.ports import Table
from headwater.record import Identity

type IdKind = Literal["user", "anonymous"]

# More ids than most people have: somebody should look before all of them are erased.
UNCONFIRMED_IDS = 20


@dataclass(frozen=True)
class Person:
    """Whoever a request is about; no id shows in a `repr`.

    `devices` are theirs alone. On `shared` ones, which they had first, others were seen too: the events
    of those others stay, under another name for the device. `secret` makes those names, and dies with
    the request.
    """

    users: tuple[str, ...] = field(repr=False, default=())
    devices: tuple[str, ...] = field(repr=False, default=())
    shared: tuple[str, ...] = field(repr=False, default=())
    emails: tuple[str, ...] = field(repr=False, default=())
    secret: str = field(repr=False, default="")

    @cached_property
    def user_set(self) -> frozenset[str]:
        """Their user ids."""
        return frozenset(self.users)

    @cached_property
    def device_set(self) -> frozenset[str]:
        """Every device whose anonymous events are theirs."""
        return frozenset((*self.devices, *self.shared))

    @cached_property
    def persons(self) -> frozenset[str]:
        """What the ids are called in the lake's views and in deliveries."""
        return frozenset(
            (*map(person_of_user, self.users), *map(person_of_device, sorted(self.device_set)))
        )

    @cached_property
    def ids(self) -> frozenset[str]:
        """Every text that stands for the person."""
        return self.user_set | self.device_set | self.persons

    @property
    def to_suppress(self) -> tuple[tuple[IdKind, str], ...]:
        """Return the ids that are nobody else's: a household's device goes on for the others."""
        return (
            *(("user", user) for user in self.users),
            *(("anonymous", device) for device in self.devices),
        )

    @property
    def count(self) -> int:
        """How many ids there are."""
        return len(self.users) + len(self.device_set)

    @property
    def name(self) -> str:
        """The random name under which the person's events may go on to count."""
        return self.instead_of("")

    def instead_of(self, id_: str) -> str:
        """Return the random name that takes an id's place in what is somebody else's."""
        named = blake2b(id_.encode("utf-8", "surrogatepass"), key=bytes.fromhex(self.secret))
        return f"erased-{named.hexdigest()[:32]}"


@dataclass(frozen=True, slots=True)
class Unclear:
    """Whom the id stands for cannot be told apart from strangers; `reason` names nobody."""

    reason: Literal["shared_device", "too_many_ids"]


def find(
    kind: IdKind, id_: str, table: Table, *, max_users_per_device: int, secret: str
) -> Person | Unclear:
    """Find all ids of the person behind one; an id that was never seen stands for itself."""
    asked = Identity(user_id=id_) if kind == "user" else Identity(anonymous_id=id_)
    profile = read_profile(asked, table, max_users_per_device=max_users_per_device)
    if "shared_device" in profile.flags:
        return Unclear("shared_device")
    if "truncated" in profile.flags:
        return Unclear("too_many_ids")
    users = frozenset(profile.user_ids)
    shared = tuple(
        device
        for device in profile.anonymous_ids
        if _others(table.get(f"A#{device}", "O", consistent=True), users)
    )
    return Person(
        users=profile.user_ids,
        devices=tuple(each for each in profile.anonymous_ids if each not in shared),
        shared=shared,
        emails=_emails(profile.traits),
        secret=secret,
    )


def _others(item: Mapping[str, Any] | None, users: frozenset[str]) -> bool:
    return bool(item) and not users.issuperset(item.get("us", ()) if item else ())


def _emails(traits: Mapping[str, Any]) -> tuple[str, ...]:
    email = traits.get("email")
    return (email,) if isinstance(email, str) and email else ()
