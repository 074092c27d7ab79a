"""Reading one person back from the identity table."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from headwater.identity import traits as trait_register
from headwater.identity.device import Device
from headwater.identity.effective_time import day_of, moment
from headwater.identity.forest import root
from headwater.identity.profile import Profile
from headwater.identity.traits import fold
from headwater.ids import person_of_device, person_of_user
from headwater.ports import Table
from headwater.record import Identity

# A person is read in a second or so; whoever has more than this is an anomaly to look into.
MAX_USERS = 100
MAX_DEVICES = 500


def find_profile(
    id_: str, table: Table, *, max_users_per_device: int, kind: str | None = None
) -> Profile | None:
    """Find whom an id stands for: a user, or else a device; None when nobody was seen with it.

    `kind`: `user` or `device`, when the caller knows which it is.
    """
    asked = {"user": Identity(user_id=id_), "device": Identity(anonymous_id=id_)}
    for candidate in ("user", "device") if kind is None else (kind,):
        profile = read_profile(asked[candidate], table, max_users_per_device=max_users_per_device)
        if profile.known:
            return profile
    return None


def read_profile(identity: Identity, table: Table, *, max_users_per_device: int) -> Profile:
    """Read the person behind a user id, or behind a device when there is no user id.

    Ids are found by edges that the change log writes, so a link of the last seconds may be missing.
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
        names = dict.fromkeys((user_id, *sorted(self._users_below(person))))
        users = self._limited(names, MAX_USERS)
        return self._profile(person, users, self._limited(self._devices_of(users), MAX_DEVICES))

    def of_device(self, anonymous_id: str) -> Profile:
        device = self._device(anonymous_id)
        if device.person_owner is not None:
            return self.of_user(device.person_owner)
        if device.shared:
            self._flags.add("shared_device")
        return self._profile(person_of_device(anonymous_id), (), (anonymous_id,))

    def _profile(self, person: str, users: tuple[str, ...], devices: tuple[str, ...]) -> Profile:
        nodes = [*(f"u:{user}" for user in users), *(f"a:{device}" for device in devices)]
        items = [item for node in nodes for item in self._table.query(f"T#{node}")]
        spoken = [item for item in items if item["sk"] == "T"]
        return Profile(
            person_id=person,
            user_ids=users,
            anonymous_ids=devices,
            register=fold(map(trait_register.from_item, spoken)),
            groups=_groups(items),
            first_seen=min((day_of(item["fs"]) for item in spoken), default=None),
            last_seen=max((day_of(item["ls"]) for item in spoken), default=None),
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

    def _limited(self, found: Iterable[str], most: int) -> tuple[str, ...]:
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


def _groups(items: Iterable[Mapping[str, Any]]) -> dict[str, datetime]:
    groups: dict[str, datetime] = {}
    for item in items:
        if item["sk"].startswith("g#"):
            group, since = item["sk"].removeprefix("g#"), moment(item["at"])
            groups[group] = min(groups.get(group, since), since)
    return groups
