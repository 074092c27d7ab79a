"""The table says what the reference resolver says: compared register by register."""

from collections.abc import Iterable, Mapping
from typing import Any

from headwater.identity import traits as trait_register
from headwater.identity.store import IdentityStore
from headwater.ids import person_of_user
from headwater.record import Identity

from tests.identity.model import Resolved


def check_agreement(
    items: Mapping[tuple[str, str], Mapping[str, Any]],
    reader: IdentityStore,
    resolved: Resolved,
    *,
    users: Iterable[str],
    devices: Iterable[str],
    max_users: int,
) -> None:
    """Compare everything in the table, and the persons as a new container would read them."""
    owners = {pk[2:]: item for (pk, _), item in items.items() if pk.startswith("A#")}
    assert {device: item["owner"] for device, item in owners.items()} == resolved.owners
    assert {
        device for device, item in owners.items() if len(item["us"]) > max_users
    } == resolved.shared

    for user in users:
        assert reader.person(Identity(user_id=user)) == resolved.roots.get(
            person_of_user(user), person_of_user(user)
        )
    for device in devices:
        assert reader.person(Identity(anonymous_id=device)) == resolved.person_of_device(device)

    spoken = {pk[2:]: item for (pk, sk), item in items.items() if sk == "T"}
    assert {
        node: trait_register.living(trait_register.from_item(item)) for node, item in spoken.items()
    } == {
        node: {key: value for key, (_, _, value) in said.items() if value is not None}
        for node, said in resolved.traits.items()
    }
    assert {node: (item["fs"], item["ls"]) for node, item in spoken.items()} == resolved.days

    assert {
        (pk[2:], sk[2:]): item["at"] for (pk, sk), item in items.items() if sk.startswith("g#")
    } == {(node, group): at for node, of in resolved.groups.items() for group, at in of.items()}
    assert {
        (pk[2:], sk.removeprefix("alias#")): item["at"]
        for (pk, sk), item in items.items()
        if pk.startswith("W#")
    } == resolved.refused
