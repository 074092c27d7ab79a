"""The reference resolver: who is who, as a pure function of the set of events.

Written from the rules of the design (R0-R8) and from nothing else: it shares no code with the
stitcher but the ids, and does everything at once, with plain dictionaries and a closure.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from headwater.ids import person_of_device, person_of_user
from headwater.record import StoredEvent


@dataclass(frozen=True)
class Resolved:
    """What the events say: owners, shared devices, roots of merged users, and traits by node."""

    owners: Mapping[str, str]
    shared: frozenset[str]
    roots: Mapping[str, str]  # person id of a user → person id of its component
    traits: Mapping[str, Mapping[str, tuple[int, str, Any]]]  # "u:…", "a:…" or "g:…"
    days: Mapping[str, tuple[int, int]]  # the first and last day a node was spoken of
    groups: Mapping[str, Mapping[str, int]]  # who is in which group, since when
    refused: Mapping[tuple[str, str], int]  # user, previous user → when a public key first asked

    def person_of(self, event: StoredEvent) -> str | None:
        if event.identity.user_id is not None:
            return self.person_of_user(event.identity.user_id)
        if event.identity.anonymous_id is not None:
            return self.person_of_device(event.identity.anonymous_id)
        return None

    def person_of_user(self, user: str) -> str:
        return self.roots.get(person_of_user(user), person_of_user(user))

    def person_of_device(self, device: str) -> str:
        if device in self.shared or device not in self.owners:
            return person_of_device(device)
        return self.person_of_user(self.owners[device])

    def traits_of(self, person: str) -> dict[str, Any]:
        latest: dict[str, tuple[int, str, Any]] = {}
        for node, traits in self.traits.items():
            kind, name = node[:1], node[2:]
            if kind == "g":
                continue
            of = self.person_of_user(name) if kind == "u" else self.person_of_device(name)
            if of == person:
                for key, said in traits.items():
                    latest[key] = max(latest.get(key, said), said, key=_order)
        return {key: value for key, (_, _, value) in latest.items() if value is not None}


def heard(
    event: StoredEvent, *, require_proof: bool = False, blocked: frozenset[str] = frozenset()
) -> tuple[StoredEvent, bool]:
    """The event with the ids a workspace believes, and whether it may say who is who."""
    ids, enriched = event.identity, event.enrichment
    public = event.source.kind == "browser"
    lacks = require_proof and public and ids.user_id is not None and not ids.proven
    user = None if lacks else ids.user_id
    believed = replace(
        ids,
        user_id=None if user in blocked else user,
        anonymous_id=None if ids.anonymous_id in blocked else ids.anonymous_id,
        previous_id=None if ids.previous_id in blocked else ids.previous_id,
    )
    return replace(event, identity=believed), not lacks and "claimedUserId" not in enriched


def resolve(events: Iterable[StoredEvent], *, max_users: int = 5) -> Resolved:
    """Resolve the set of events."""
    seen: dict[str, set[tuple[int, str]]] = {}
    edges: list[tuple[str, str]] = []
    traits: dict[str, dict[str, tuple[int, str, Any]]] = {}
    days: dict[str, set[int]] = {}
    groups: dict[str, dict[str, int]] = {}
    refused: dict[tuple[str, str], int] = {}
    for event in events:
        at, identity = _when(event), event.identity
        if identity.user_id is not None:
            devices = {identity.anonymous_id}
            if event.type == "alias" and identity.previous_id != identity.user_id:
                devices.add(identity.previous_id)
                if event.source.kind == "server" and identity.previous_id is not None:
                    edges.append((identity.previous_id, identity.user_id))
            for device in devices - {None}:
                assert device is not None
                seen.setdefault(device, set()).add((at, identity.user_id))
        node = (
            f"u:{identity.user_id}"
            if identity.user_id is not None
            else f"a:{identity.anonymous_id}"
            if identity.anonymous_id is not None
            else None
        )
        group = f"g:{identity.group_id}" if identity.group_id is not None else None
        about = {"identify": node, "group": group if event.traits else None}.get(event.type)
        if about is not None:
            days.setdefault(about, set()).add(at // 86_400_000)
            of_node = traits.setdefault(about, {})
            for key, value in event.traits.items():
                said = (at, event.message_id, value)
                of_node[key] = max(of_node.get(key, said), said, key=_order)
        if event.type == "group" and node is not None and identity.group_id is not None:
            since = groups.setdefault(node, {})
            since[identity.group_id] = min(since.get(identity.group_id, at), at)
        asked = (identity.user_id, identity.previous_id)
        if (
            event.type == "alias"
            and event.source.kind == "browser"
            and asked[0] is not None
            and asked[1] is not None
            and asked[1] not in (asked[0], identity.anonymous_id)
        ):
            pair = (asked[0], asked[1])
            refused[pair] = min(refused.get(pair, at), at)
    return Resolved(
        owners={device: min(users)[1] for device, users in seen.items()},
        shared=frozenset(
            device for device, users in seen.items() if len({user for _, user in users}) > max_users
        ),
        roots=_components(edges),
        traits=traits,
        days={node: (min(said), max(said)) for node, said in days.items()},
        groups=groups,
        refused=refused,
    )


def _order(said: tuple[int, str, Any]) -> tuple[int, str, str]:
    return (
        said[0],
        said[1],
        json.dumps(said[2], sort_keys=True, separators=(",", ":"), ensure_ascii=False),
    )


def _when(event: StoredEvent) -> int:
    oldest = datetime(2000, 1, 1, tzinfo=UTC)
    if event.source.kind == "browser":
        oldest = max(oldest, event.received_at - timedelta(days=1))
    sane = oldest <= event.timestamp <= event.received_at
    moment = event.timestamp if sane else event.received_at
    return round(moment.timestamp() * 1000)


def _components(edges: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Each person's component by plain flooding: the smallest person id of whoever is connected."""
    group: dict[str, set[str]] = {}
    for left, right in edges:
        joined = {person_of_user(left), person_of_user(right)}
        for member in tuple(joined):
            joined |= group.get(member, set())
        for member in joined:
            group[member] = joined
    return {person: min(members) for person, members in group.items()}
