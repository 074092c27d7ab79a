"""What the workspace does not believe, the views do not either: the profile and Athena say the same."""

from dataclasses import replace
from pathlib import Path
from random import Random

import pytest
from headwater.identity.people import read_profile
from headwater.lake.views import saved_query, views
from headwater.record import Identity, StoredEvent
from headwater.workspace import IdentityPolicy, Signing
from pydantic import ValidationError

from local.athena import Lake
from tests.identity.memory_table import MemoryTable
from tests.identity.model import heard, resolve
from tests.identity.tables import log_all, run
from tests.unit.lake.bucket import NOON, an_event, arrive, compact
from tests.unit.lake.test_views import random_events

SIGNING = Signing(mode="observe", secrets=("secret:token",))
PROOF = IdentityPolicy(require_proof=True, signing=SIGNING)
BLOCKED = IdentityPolicy(blocked_ids=frozenset({"u1", "d'2"}))
BOTH = IdentityPolicy(require_proof=True, signing=SIGNING, blocked_ids=frozenset({"u1", "u2"}))


def events_of(random: Random) -> list[StoredEvent]:
    """The views' random events, of which some user ids are proven, and one id is quoted in SQL."""
    found = []
    for event in random_events(random):
        ids = event.identity
        found.append(
            an_event(
                event.message_id,
                type=event.type,
                anonymous_id="d'2" if ids.anonymous_id == "d2" else ids.anonymous_id,
                user_id=ids.user_id,
                previous_id=ids.previous_id,
                source=event.source,
                received_at=event.received_at,
                timestamp=event.timestamp,
                traits={"n": event.message_id} if event.type == "identify" else {},
            )
        )
    return [proven(event) if random.random() < 0.5 else event for event in found]


def proven(event: StoredEvent) -> StoredEvent:
    return replace(event, identity=replace(event.identity, proven=True))


@pytest.mark.parametrize("policy", [PROOF, BLOCKED, BOTH], ids=["proof", "blocked", "both"])
@pytest.mark.parametrize("seed", range(4))
def test_profile_and_views_believe_the_same(
    tmp_path: Path, seed: int, policy: IdentityPolicy
) -> None:
    random = Random(seed)
    events = events_of(random)
    whose = {
        event.message_id: heard(
            event, require_proof=policy.require_proof, blocked=policy.blocked_ids
        )
        for event in events
    }
    model = resolve(said for said, links in whose.values() if links)
    table = MemoryTable()
    run(events, table, random, max_users=5, policy=policy)
    store = log_all(table.stream, table)
    arrive(store, events[:20], sequence="1")
    compact(store, tmp_path)
    arrive(store, events[20:], sequence="2")
    lake = Lake(tmp_path / "lake", store=store, now=NOON, policy=policy)

    answer = lake.query("SELECT message_id, person_id FROM events_resolved").rows

    own = {event.message_id: heard(event, require_proof=policy.require_proof) for event in events}
    assert dict(answer) == {name: model.person_of(event) for name, (event, _) in own.items()}
    assert lake.query(saved_query("identity_audit").sql).rows == ()
    said: dict[str, dict[str, str]] = {}
    for person, trait, value in lake.query("SELECT person_id, trait, value FROM traits").rows:
        said.setdefault(person, {})[trait] = value.strip('"')
    for device in {event.identity.anonymous_id for event in events} - {None} - policy.blocked_ids:
        profile = read_profile(Identity(anonymous_id=device), table, max_users_per_device=5)
        assert profile.traits == said.get(profile.person_id, {})
        assert profile.person_id == model.person_of_device(device or "")


# https://docs.aws.amazon.com/athena/latest/ug/service-limits.html, read 2026-11-27.
_STATEMENT_BYTES = 262_144


def test_the_longest_list_of_blocked_ids_fits_into_a_statement() -> None:
    longest = frozenset(f"quoted'-{number:030}" for number in range(24_000 // 43))
    policy = IdentityPolicy(require_proof=True, signing=SIGNING, blocked_ids=longest)

    assert max(len(view.sql.encode()) for view in views(policy)) < _STATEMENT_BYTES
    with pytest.raises(ValidationError, match="there is room for 24000"):
        IdentityPolicy(blocked_ids=longest | {"one more"})
