"""Who is who, made anew from the lake: the same people, without what should not have been."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

import pytest
from headwater.identity.store import IdentityStore
from headwater.privacy.suppressed import KEY_BYTES, Suppressed, hashed
from headwater.privacy.suppressions import OBJECT
from headwater.record import Identity, SourceReference, StoredEvent
from headwater.workspace import IdentityPolicy

from local.athena import Lake
from local.relinking import Deployed, rebuild, rebuild_changes, unmerge
from tests.fakes import MemoryStore
from tests.identity.agreement import check_agreement
from tests.identity.memory_table import MemoryTable
from tests.identity.model import resolve
from tests.identity.tables import identity_table, log_all, run
from tests.unit.lake.bucket import NOON, an_event, arrive, compact

SERVER = SourceReference("server", "server")
USERS, DEVICES = [f"u{each}" for each in range(5)], [f"d{each}" for each in range(4)]


def said(number: int, type_: str = "track", **ids: Any) -> StoredEvent:
    traits = {"n": number} if type_ == "identify" else {}
    return an_event(f"m{number}", type=type_, source=SERVER, traits=traits, **ids)


def history(random: Random) -> list[StoredEvent]:
    events = []
    for number in range(60):
        kind = random.choice(["track", "identify", "alias"])
        events.append(
            said(
                number,
                kind,
                anonymous_id=random.choice([*DEVICES, None]),
                user_id=random.choice(USERS),
                previous_id=random.choice(USERS[:3]) if kind == "alias" else None,
            )
        )
    return events


class World:
    """A stack whose lake holds its events, half as Parquet, and whose table the stitcher wrote."""

    def __init__(self, events: Sequence[StoredEvent], directory: Path) -> None:
        self.table, self.store, self.directory = MemoryTable(), MemoryStore(NOON), directory
        self.events = list(events)
        run(events, self.table, Random(1), max_users=5)
        half = len(events) // 2
        arrive(self.store, events[:half], sequence="1")
        compact(self.store, directory)
        arrive(self.store, events[half:], sequence="2")
        self.store.objects |= log_all(self.table.stream, self.table).objects

    def deployed(
        self, policy: IdentityPolicy | None = None, landed: Callable[[], None] = lambda: None
    ) -> Deployed:
        return Deployed(self.table, self.store, policy or IdentityPolicy(), lambda: NOON, landed)

    def check(
        self, events: Sequence[StoredEvent], *, blocked: frozenset[str] = frozenset()
    ) -> None:
        """The table, and the lake's views over what is told, are as the resolver says."""
        resolved = resolve(events)
        check_agreement(
            {
                key: item
                for key, item in self.table.items.items()
                if "ots" in item or key[0][0] != "A"
            },
            IdentityStore(self.table, max_users_per_device=5),
            resolved,
            users=set(USERS) - blocked,
            devices=DEVICES,
            max_users=5,
        )
        lake = Lake(self.directory / "lake", store=self.store, now=NOON)
        owners = lake.query("SELECT anonymous_id, owner_user_id FROM anon_owner").rows
        assert {device: owner for device, owner in owners if owner} == resolved.owners
        roots = dict(lake.query("SELECT person_id, root FROM person_root").rows)
        assert roots == {each: top for each, top in resolved.roots.items() if each != top}


@pytest.mark.parametrize("seed", range(6))
def test_a_rebuild_of_a_right_table_changes_no_register(tmp_path: Path, seed: int) -> None:
    world = World(history(Random(seed)), tmp_path)
    before = {key: item for key, item in world.table.items.items() if key[0][:2] in ("A#", "T#")}

    rebuild(world.deployed(), MemoryTable())

    world.check(world.events)
    assert {key: world.table.items[key] for key in before} == before


@pytest.mark.parametrize("seed", range(6))
def test_a_rebuild_makes_a_wrong_table_right(tmp_path: Path, seed: int) -> None:
    world = World(history(Random(seed)), tmp_path)
    wrong = [replace(event, message_id=f"x{event.message_id}") for event in history(Random(99))]
    run(wrong, world.table, Random(2), max_users=5)
    gone = next(key for key in world.table.items if key[0].startswith("A#"))
    world.table.delete(*gone)

    assert rebuild(world.deployed(), MemoryTable()) > 0

    world.check(world.events)


def test_no_rebuild_brings_the_suppressed_back(tmp_path: Path) -> None:
    events = history(Random(8))
    world = World(events, tmp_path)
    key = b"k" * KEY_BYTES
    world.store.put(OBJECT, Suppressed.of([hashed("user", "u1", key)], key).to_bytes())
    others = [
        event
        for event in events
        if "u1" not in (event.identity.user_id, event.identity.previous_id)
    ]

    rebuild(world.deployed(), MemoryTable())

    world.check(others)
    assert ("T#u:u1", "T") not in world.table.items


def test_what_arrives_while_a_rebuild_goes_on_is_not_lost(tmp_path: Path) -> None:
    world = World(history(Random(3)), tmp_path)
    late = said(100, anonymous_id="d-late", user_id="u0")
    run([late], world.table, Random(1), max_users=5)

    rebuild(world.deployed(landed=lambda: arrive(world.store, [late], sequence="3")), MemoryTable())

    world.check([*world.events, late])


@pytest.mark.parametrize("seed", range(6))
def test_an_unmerge_leaves_what_there_would_be_had_the_id_never_come(
    tmp_path: Path, seed: int
) -> None:
    world = World(history(Random(seed)), tmp_path)
    blocked = frozenset({"u1"})

    unmerge(world.deployed(IdentityPolicy(blocked_ids=blocked)))

    world.check([without(event, blocked) for event in world.events], blocked=blocked)


def without(event: StoredEvent, blocked: frozenset[str]) -> StoredEvent:
    """The event as if the ids had been placeholders when it came."""
    ids = event.identity
    return replace(
        event,
        identity=Identity(
            anonymous_id=ids.anonymous_id,
            user_id=None if ids.user_id in blocked else ids.user_id,
            previous_id=None if ids.previous_id in blocked else ids.previous_id,
        ),
    )


def test_the_change_log_told_again_leaves_one_telling(tmp_path: Path) -> None:
    world = World(history(Random(4)), tmp_path)

    rebuild_changes(world.deployed())
    rebuild_changes(world.deployed())

    told = [key for key in world.store.objects if key.startswith("identity_changes/")]
    assert told == ["identity_changes/dt=2026-03-01/snapshot-00000.ndjson.gz"]
    world.check(world.events)


def test_both_are_understood_by_dynamodb(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    world = World(history(Random(5)), tmp_path)
    with identity_table(monkeypatch) as dynamo:
        run(history(Random(6)), dynamo, Random(1), max_users=5)  # other people altogether
        policy = IdentityPolicy(blocked_ids=frozenset({"u1"}))

        rebuild(replace(world.deployed(), live=dynamo), MemoryTable())
        unmerge(replace(world.deployed(policy), live=dynamo))

        world.table.items = {(item["pk"], item["sk"]): dict(item) for item in dynamo.scan()}
    world.check(
        [without(event, policy.blocked_ids) for event in world.events], blocked=policy.blocked_ids
    )
