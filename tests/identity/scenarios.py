"""The identity scenarios, and what reading the table back says about each."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from headwater.identity.people import read_profile
from headwater.identity.store import IdentityStore
from headwater.ports import Table
from headwater.record import Identity, SourceKind, StoredEvent

from tests.identity.stored import stored

_DIRECTORY = Path(__file__).parent.parent / "fixtures" / "identity"


@dataclass(frozen=True)
class Scenario:
    name: str
    kind: SourceKind
    messages: tuple[Mapping[str, Any], ...]
    max_users: int
    expect: Mapping[str, Any]

    def __str__(self) -> str:
        return self.name

    @cached_property
    def events(self) -> tuple[StoredEvent, ...]:
        return tuple(stored(message, self.kind) for message in self.messages)


def _scenario(line: str) -> Scenario:
    case = json.loads(line)
    config = case.get("config", {})
    kind: SourceKind = "server" if config.get("alias_users", "merge") == "merge" else "browser"
    return Scenario(
        case["case"],
        kind,
        tuple(case["events"]),
        config.get("max_users_per_anon", 5),
        case["expect"],
    )


SCENARIOS = tuple(
    _scenario(line)
    for path in sorted(_DIRECTORY.glob("*.jsonl"))
    for line in path.read_text().splitlines()
)


def identity_of(label: str) -> Identity:
    kind, _, name = label.partition(":")
    return Identity(user_id=name) if kind == "user" else Identity(anonymous_id=name)


def labels(events: Iterable[StoredEvent]) -> set[str]:
    ids = [event.identity for event in events]
    return {f"user:{one.user_id}" for one in ids if one.user_id is not None} | {
        f"anon:{one.anonymous_id}" for one in ids if one.anonymous_id is not None
    }


def answer(scenario: Scenario, table: Table) -> dict[str, Any]:
    """What the table says, in the shape of `expect`, read with no memory of how it got there."""
    store = IdentityStore(table, max_users_per_device=scenario.max_users)
    persons: dict[str | None, set[str]] = {}
    for label in labels(scenario.events):
        persons.setdefault(store.person(identity_of(label)), set()).add(label)
    return {
        "persons": {frozenset(members) for members in persons.values()},
        "traits": {
            label: read_profile(
                identity_of(label), table, max_users_per_device=scenario.max_users
            ).traits
            for label in scenario.expect.get("traits", {})
        },
        "events": {
            event.message_id: store.person(event.identity)
            for event in scenario.events
            if event.message_id in scenario.expect.get("events", {})
        },
        "unattributed": {
            event.message_id for event in scenario.events if store.person(event.identity) is None
        },
    }


def expected(scenario: Scenario, table: Table) -> dict[str, Any]:
    store = IdentityStore(table, max_users_per_device=scenario.max_users)
    expect = scenario.expect
    return {
        "persons": {frozenset(members) for members in expect["persons"]},
        "traits": expect.get("traits", {}),
        "events": {
            message: store.person(identity_of(label))
            for message, label in expect.get("events", {}).items()
        },
        "unattributed": set(expect.get("unattributed", ())),
    }
