"""Somebody's graph: users and devices, what each was linked by and when, and what was said on each.

A device's own register is what was known before anybody signed up on it, so the page can show the
graph as it was at each link (design 7: links are registers, and nothing in them is ever rewritten).
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from headwater.identity import traits
from headwater.identity.device import Device
from headwater.identity.effective_time import moment
from headwater.identity.people import find_profile, read_profile
from headwater.identity.profile import Profile
from headwater.ids import person_of_device, person_of_user
from headwater.ports import Table
from headwater.record import Identity, to_iso

# More circles than this show nothing; the profile beside them counts all.
MAX_DRAWN = 40

type IdKind = Literal["user", "device"]


@dataclass(frozen=True, slots=True)
class People:
    """Who is who, by the identity table."""

    table: Table
    max_users_per_device: int

    def find(self, id_: str, kind: IdKind | None) -> Profile | None:
        """Find whom an id stands for; a device or user that is named as such is somebody, if unknown."""
        found = find_profile(
            id_, self.table, max_users_per_device=self.max_users_per_device, kind=kind
        )
        if found is not None or kind is None:
            return found
        identity = Identity(user_id=id_) if kind == "user" else Identity(anonymous_id=id_)
        return read_profile(identity, self.table, max_users_per_device=self.max_users_per_device)

    def graph(self, profile: Profile) -> dict[str, Any]:
        """Return the profile, and beside it each user, device and merge of the graph."""
        users, devices = profile.user_ids[:MAX_DRAWN], profile.anonymous_ids[:MAX_DRAWN]
        return {
            **profile.to_json(),
            "users": [self._user(user) for user in users],
            # In the order in which they joined; those that did not, last.
            "devices": sorted(
                (self._device(device) for device in devices),
                key=lambda device: (device["linkedAt"] is None, device["linkedAt"] or ""),
            ),
            "merges": sorted(self._merges(users), key=lambda merge: str(merge["at"])),
        }

    def _user(self, user_id: str) -> dict[str, Any]:
        return {
            "id": user_id,
            "personId": person_of_user(user_id),
            "traits": _said(self.table.query(f"T#u:{user_id}")),
        }

    def _device(self, anonymous_id: str) -> dict[str, Any]:
        item = self.table.get(f"A#{anonymous_id}", "O") or {}
        device = Device.from_item(item, max_users=self.max_users_per_device)
        return {
            "id": anonymous_id,
            "personId": person_of_device(anonymous_id),
            "linkedAt": to_iso(moment(device.since)) if device.since is not None else None,
            "linkedBy": item.get("mid"),
            "owner": device.person_owner,
            "users": sorted(device.users),
            "shared": device.shared,
            "traits": _said(self.table.query(f"T#a:{anonymous_id}")),
        }

    def _merges(self, users: Iterable[str]) -> Iterator[dict[str, Any]]:
        """Find the writes that joined these users; each stands at one of their roots."""
        for user in users:
            item = self.table.get(f"P#{person_of_user(user)}", "F")
            if item is not None and "parent" in item:
                yield {
                    "at": to_iso(moment(int(item["at"]))),
                    "by": item["mid"],
                    "users": sorted(item["us"]),
                }


def _said(items: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Return what was said under one id, each trait with its time."""
    register = traits.fold(traits.from_item(item) for item in items if item["sk"] == "T")
    living = traits.living(register)
    return {
        name: {"value": value, "at": to_iso(moment(register[name].at))}
        for name, value in sorted(living.items())
    }
