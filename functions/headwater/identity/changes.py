"""What a change of the identity table means to an analyst: rows of `identity_changes`."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from headwater.identity.device import Device
from headwater.record import to_iso

# Sixty bits, the first fifteen hex digits of a person id: fits the lake's bigint.
_SEQUENCE_TOP = 1 << 60


@dataclass(frozen=True, slots=True)
class ItemChange:
    """An item before and after one write, as the table's stream tells it."""

    sequence_number: str
    pk: str
    sk: str
    at: datetime
    old: Mapping[str, Any] | None
    new: Mapping[str, Any] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeRow:
    """One row: the last by `seq` of an `id_value` is what holds.

    kind `owner`: `id_value` is a device, `owner_user_id` its first user (null once its register was
    taken back), `shared` whether its anonymous events belong to nobody. kind `merge`: `id_value` is a person who became part of
    another, `parent_id` the next one up and `root_id` the one all of them are counted as. kind
    `alias_refused`: a public key asked to join `id_value` to `owner_user_id`; nothing was joined.
    """

    kind: str
    id_value: str
    owner_user_id: str | None = None
    shared: bool | None = None
    parent_id: str | None = None
    root_id: str | None = None
    seq: int
    changed_at: datetime
    trigger_message_id: str | None = None

    def to_json(self) -> dict[str, Any]:
        """Return the row as the lake's JSON."""
        return {
            "kind": self.kind,
            "id_value": self.id_value,
            "owner_user_id": self.owner_user_id,
            "shared": self.shared,
            "parent_id": self.parent_id,
            "root_id": self.root_id,
            "seq": self.seq,
            "changed_at": to_iso(self.changed_at),
            "trigger_message_id": self.trigger_message_id,
        }


def owner_row(change: ItemChange) -> ChangeRow | None:
    """Return the row of a device whose owner or sharing changed; None when neither did."""
    if change.new is None:
        return None
    new, old = _device(change.new), _device(change.old or {})
    if (new.owner, new.shared) == (old.owner, old.shared):
        return None
    return ChangeRow(
        kind="owner",
        id_value=change.pk.removeprefix("A#"),
        owner_user_id=new.owner,
        shared=new.shared,
        seq=int(change.new.get("v", 0)),
        changed_at=change.at,
        trigger_message_id=change.new.get("mid"),
    )


def refused_row(change: ItemChange) -> ChangeRow | None:
    """Return the row of an alias that takes a secret key and came with a public one, once."""
    if change.new is None or change.old is not None:
        return None
    return ChangeRow(
        kind="alias_refused",
        id_value=change.sk.removeprefix("alias#"),
        owner_user_id=change.pk.removeprefix("W#"),
        seq=1,
        changed_at=change.at,
        trigger_message_id=change.new.get("mid"),
    )


def new_users(change: ItemChange) -> tuple[str, ...]:
    """Return the users that were seen on the device for the first time."""
    return tuple(sorted(_device(change.new or {}).users - _device(change.old or {}).users))


def merge_row(
    person_id: str, *, parent: str, root: str, at: datetime, message_id: str | None
) -> ChangeRow:
    """Return the row of a person who is counted as `root` from now on.

    A person's root only ever becomes smaller, so `seq` is made from it: the largest `seq` of an
    `id_value` carries the final root in whatever order the rows were written, or twice.
    """
    return ChangeRow(
        kind="merge",
        id_value=person_id,
        parent_id=parent,
        root_id=root,
        seq=_SEQUENCE_TOP - int(root[:15], 16),
        changed_at=at,
        trigger_message_id=message_id,
    )


def _device(item: Mapping[str, Any]) -> Device:
    """Read a device under the limit it was last written with: the item says itself what shared is."""
    return Device.from_item(item, max_users=int(item.get("k", 0)))
