"""What is known about one person: every id, every trait, read from the identity table."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from headwater.identity import traits as trait_register
from headwater.identity.device import Device
from headwater.identity.forest import root
from headwater.identity.traits import Trait, fold, living
from headwater.ids import person_of_device, person_of_user
from headwater.ports import Table
from headwater.record import Identity

# A page of a person is read within a second; whoever has more devices is an anomaly to look into.
MAX_DEVICES = 500
MAX_USERS = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """A person as the table shows it now.

    `flags`: `shared_device` when the id asked for is a device of too many users, `truncated` when
    there are more devices or users than are read.
    """

    person_id: str
    user_ids: tuple[str, ...] = ()
    anonymous_ids: tuple[str, ...] = ()
    register: dict[str, Trait] = field(default_factory=dict)
    flags: tuple[str, ...] = ()

    @property
    def traits(self) -> dict[str, Any]:
        """Return the traits as they hold, without those that were removed."""
        return living(self.register)


def read_profile(identity: Identity, table: Table, *, max_users_per_device: int) -> Profile:
    """Read the person behind a user id, or behind a device when there is no user id.

    The ids come from edges that the change log writes, so a link of the last seconds may be missing.
    """
    reader = _Reader(table, max_users_per_device)
    if identity.user_id is not None:
        return reader.of_user(identity.user_id)
    if identity.anonymous_id is None:
        raise ValueError("a person is read by a user id or an anonymous id")
    return reader.of_device(identity.anonymous_id)


class _Reader:
    def __init__(self, table: Table, max_users_per_device: int) -> None:
        self._table = table
        self._max_users = max_users_per_device
        self._flags: set[str] = set()

    def of_user(self, user_id: str) -> Profile:
        person = root(person_of_user(user_id), self._parent)
        users = self._limited(
            dict.fromkeys((user_id, *sorted(self._users_below(person)))), MAX_USERS
        )
        devices = self._limited(self._devices_of(users), MAX_DEVICES)
        return self._profile(person, users, devices)

    def of_device(self, anonymous_id: str) -> Profile:
        device = self._device(anonymous_id)
        if device.person_owner is not None:
            return self.of_user(device.person_owner)
        if device.shared:
            self._flags.add("shared_device")
        return self._profile(person_of_device(anonymous_id), (), (anonymous_id,))

    def _profile(self, person: str, users: tuple[str, ...], devices: tuple[str, ...]) -> Profile:
        nodes = [*(f"u:{user}" for user in users), *(f"a:{device}" for device in devices)]
        return Profile(
            person_id=person,
            user_ids=users,
            anonymous_ids=devices,
            register=fold(trait_register.from_item(self._table.get(f"T#{n}", "T")) for n in nodes),
            flags=tuple(sorted(self._flags)),
        )

    def _users_below(self, person: str) -> Iterator[str]:
        """Walk the merge forest downwards; its edges name the users they joined."""
        for edge in self._table.query(f"C#{person}"):
            yield from edge["us"]
            yield from self._users_below(str(edge["sk"]).removeprefix("P#"))

    def _devices_of(self, users: tuple[str, ...]) -> Iterator[str]:
        """Follow the edges to every device a user was seen on, and keep those the user owns."""
        for user in users:
            for edge in self._table.query(f"U#{user}", sk_prefix="A#"):
                anonymous_id = str(edge["sk"]).removeprefix("A#")
                if self._device(anonymous_id).person_owner == user:
                    yield anonymous_id

    def _limited(self, found: Iterator[str] | dict[str, None], most: int) -> tuple[str, ...]:
        kept: list[str] = []
        for one in found:
            if len(kept) == most:
                self._flags.add("truncated")
                break
            kept.append(one)
        return tuple(kept)

    def _device(self, anonymous_id: str) -> Device:
        item = self._table.get(f"A#{anonymous_id}", "O")
        return Device.from_item(item, max_users=self._max_users)

    def _parent(self, person_id: str) -> str | None:
        item = self._table.get(f"P#{person_id}", "F")
        return item["parent"] if item else None
