"""The identity registers in DynamoDB: one conditional write an item, no transaction, no lock.

Every write is refused unless it moves its register forward, so it may be repeated, reordered and
raced. A refused write brings the item back (ALL_OLD), so a lost race costs no read. The expressions
are those of the identity reference, B.2.
"""

from headwater.errors import DependencyError
from headwater.identity.cache import Cache
from headwater.identity.device import Claim, Device
from headwater.identity.forest import root
from headwater.identity.links import Merge
from headwater.identity.said import MAX_RACES, SaidStore
from headwater.ids import person_of_device, person_of_user
from headwater.ports import Table, WriteResult
from headwater.record import Identity

CACHED_DEVICES = 50_000
CACHED_PERSONS = 50_000

# Nobody above: this person stands for itself, as far as we have seen.
_ROOT = ""


class IdentityStore:
    """What the stitcher knows of who is who: the table, and what this container saw of it.

    `said` holds what people were said to be: traits, groups, refused aliases.
    """

    def __init__(
        self,
        table: Table,
        *,
        max_users_per_device: int,
        cached_devices: int = CACHED_DEVICES,
        cached_persons: int = CACHED_PERSONS,
    ) -> None:
        self.said = SaidStore(table)
        self._table = table
        self._max_users = max_users_per_device
        self._devices: Cache[Device] = Cache(cached_devices)
        self._parents: Cache[str] = Cache(cached_persons)

    def claim(self, claim: Claim) -> None:
        """Make the register of a device say at least what the claim says."""
        device = self._device(claim.anonymous_id)
        for _ in range(MAX_RACES):
            if device.covers(claim):
                return
            device = (
                self._remember_users(device, claim)
                if device.precedes(claim)
                else self._set_owner(device, claim)
            )
        raise DependencyError("a device register changed under every one of our writes")

    def merge(self, merge: Merge) -> None:
        """Join two users into one person: the larger root goes under the smaller one."""
        first, second = person_of_user(merge.previous_user), person_of_user(merge.user)
        for _ in range(MAX_RACES):
            low, high = sorted((root(first, self._parent), root(second, self._parent)))
            if low == high or self._hang(high, low, merge):
                return
        raise DependencyError("the roots of two persons moved under every one of our writes")

    def person(self, identity: Identity) -> str | None:
        """Return the person an event belongs to as far as is known now; None when it shows nobody.

        A hint for what is delivered: links that arrive later move the event, and the lake's views
        resolve it anew each time they are asked.
        """
        if identity.user_id is not None:
            return root(person_of_user(identity.user_id), self._parent)
        if identity.anonymous_id is None:
            return None
        owner = self._device(identity.anonymous_id).person_owner
        if owner is None:
            return person_of_device(identity.anonymous_id)
        return root(person_of_user(owner), self._parent)

    def _device(self, anonymous_id: str) -> Device:
        device = self._devices.get(anonymous_id)
        if device is None:
            item = self._table.get(f"A#{anonymous_id}", "O")
            device = Device.from_item(item, max_users=self._max_users)
            self._devices.put(anonymous_id, device)
        return device

    def _set_owner(self, device: Device, claim: Claim) -> Device:
        """Write owner and users together; the users of a shared device are left alone."""
        users = {} if device.shared else {":us": {claim.owner, *device.missing(claim.users)}}
        result = self._table.update(
            f"A#{claim.anonymous_id}",
            "O",
            update="SET #o=:u, ots=:t, k=:k, mid=:m, v=if_not_exists(v,:zero)+:one"
            + (" ADD us :us" if users else ""),
            condition="attribute_not_exists(ots) OR ots>:t OR (ots=:t AND #o>:u)",
            names={"#o": "owner"},
            values={
                ":u": claim.owner,
                ":t": claim.since,
                ":k": self._max_users,
                ":m": claim.message_id,
                ":zero": 0,
                ":one": 1,
                **users,
            },
        )
        return self._keep(claim.anonymous_id, result)

    def _remember_users(self, device: Device, claim: Claim) -> Device:
        """Write the users only; the version moves too, so that the change log hears of a shared device."""
        users = device.missing(claim.users)
        each = {f":u{number}": user for number, user in enumerate(users)}
        news = " OR ".join(f"NOT contains(us,{name})" for name in each)
        result = self._table.update(
            f"A#{claim.anonymous_id}",
            "O",
            update="SET k=:k, mid=:m, v=v+:one ADD us :us",
            condition=f"attribute_exists(ots) AND size(us)<=:k AND ({news})",
            names={},
            values={
                ":k": self._max_users,
                ":m": claim.message_id,
                ":one": 1,
                ":us": set(users),
                **each,
            },
        )
        return self._keep(claim.anonymous_id, result)

    def _keep(self, anonymous_id: str, result: WriteResult) -> Device:
        device = Device.from_item(result.item, max_users=self._max_users)
        self._devices.put(anonymous_id, device)
        return device

    def _parent(self, person_id: str) -> str | None:
        parent = self._parents.get(person_id)
        if parent is None:
            item = self._table.get(f"P#{person_id}", "F")
            parent = item["parent"] if item and "parent" in item else _ROOT
            self._parents.put(person_id, parent)
        return parent or None

    def _hang(self, high: str, low: str, merge: Merge) -> bool:
        result = self._table.update(
            f"P#{high}",
            "F",
            update="SET parent=:low, #at=:at, mid=:m, us=:us",
            condition="attribute_not_exists(parent)",
            names={"#at": "at"},
            values={
                ":low": low,
                ":at": merge.at,
                ":m": merge.message_id,
                # A person id is a hash. Whoever reads a person back needs the names, and every user
                # of a component is named by the write that first joined that user to another.
                ":us": {merge.previous_user, merge.user},
            },
        )
        self._parents.put(high, low if result.applied else (result.item or {})["parent"])
        return result.applied
