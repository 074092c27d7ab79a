"""The scenarios from the HTTP request to the profile read and to Athena: both give one answer."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from itertools import batched
from pathlib import Path
from random import Random
from typing import Any

import orjson
import pytest
from headwater.collect import collect
from headwater.identity.lines import Record
from headwater.identity.people import read_profile
from headwater.identity.store import IdentityStore
from headwater.ids import person_of_device, person_of_user
from headwater.lake.landing import LandingRecord, land
from headwater.record import StoredEvent, from_iso
from headwater.stitch import stitch

from local.athena import Lake
from tests.examples import BROWSER_KEY, SERVER_KEY, a_request, a_workspace
from tests.fakes import MemoryStore, MemoryStream
from tests.identity.memory_table import MemoryTable
from tests.identity.scenarios import (
    SCENARIOS,
    Scenario,
    answer,
    expected,
    identity_of,
    labels,
)
from tests.identity.tables import NoQueue, log_all, shuffled

SHUFFLES = 20
# The views show without the compactor what was received since the day before; no scenario is older.
NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
WORKSPACE = a_workspace()
KEYS = {"server": SERVER_KEY, "browser": BROWSER_KEY}
scenarios = pytest.mark.parametrize("scenario", SCENARIOS, ids=str)


def collected(scenario: Scenario, messages: Sequence[Mapping[str, Any]]) -> list[bytes]:
    """Send each message by itself, at the moment it says it was received; return the stream."""
    stream = MemoryStream()
    for message in messages:
        body = {key: value for key, value in message.items() if key != "receivedAt"}
        if message["type"] == "track":
            body.setdefault(
                "event", "Seen"
            )  # some scenarios leave out what says nothing of identity
        ended = collect(
            a_request({**body, "writeKey": KEYS[scenario.kind]}, path=f"/ev/v1/{message['type']}"),
            workspace=WORKSPACE,
            stream=stream,
            store=MemoryStore(),
            now=from_iso(message.get("receivedAt", message["timestamp"])),
            new_id=lambda: "made-up",
        )
        assert ended.reply.status == 200, (ended.reply.body, message)
    return [record.data for record in stream.records]


def stitched(scenario: Scenario, records: Sequence[bytes], random: Random) -> MemoryTable:
    """Have containers take the stream's records in batches; then log the table's changes."""
    table = MemoryTable()
    stores = [IdentityStore(table, max_users_per_device=scenario.max_users) for _ in range(3)]
    numbered = [Record(f"shardId-0:{at}", str(at), data) for at, data in enumerate(records)]
    for batch in batched(numbered, random.randint(1, 4), strict=False):
        result = stitch(
            batch,
            store=random.choice(stores),
            configured=(),
            queue=NoQueue(),
            objects=MemoryStore(),
            now=NOW,
        )
        assert (result.failed_from, result.set_aside) == (None, 0)
    return table


def stored_events(records: Sequence[bytes]) -> set[tuple[str, str | None, str | None]]:
    events = [
        StoredEvent.from_json(orjson.loads(line)) for data in records for line in data.splitlines()
    ]
    return {(one.message_id, one.identity.user_id, one.identity.anonymous_id) for one in events}


@scenarios
def test_a_scenario_ends_as_expected_through_the_collector_in_any_order(scenario: Scenario) -> None:
    listed = {
        (one.message_id, one.identity.user_id, one.identity.anonymous_id) for one in scenario.events
    }
    for seed in range(1 + SHUFFLES):
        random = Random(seed)
        messages = shuffled(scenario.messages, random) if seed else scenario.messages

        records = collected(scenario, messages)
        table = stitched(scenario, records, random)
        log_all(table.stream, table)

        assert stored_events(records) == listed
        assert answer(scenario, table) == expected(scenario, table), seed


class Athena:
    """One lake for all cases: opening it is what takes long."""

    def __init__(self, directory: Path) -> None:
        self._store = MemoryStore(NOW)
        self._lake = Lake(directory, store=self._store, now=NOW)
        self._case = 0

    def fill(self, records: Sequence[bytes], table: MemoryTable) -> None:
        """Hold these records, as they land, and this table's changes, and nothing else."""
        self._case += 1
        self._store.objects.clear()
        land(
            [
                LandingRecord("shardId-0", f"{self._case}-{at}", NOW, data)
                for at, data in enumerate(records)
            ],
            self._store,
        )
        for key, body in log_all(table.stream, table).objects.items():
            self._store.put(key.replace(".ndjson", f"-{self._case}.ndjson"), body)
        self._lake.refresh()

    def events(self) -> dict[str, str | None]:
        """Return whose each event is, by messageId."""
        answer = self._lake.query("SELECT message_id, person_id FROM events_resolved")
        return dict(answer.rows)

    def traits(self) -> dict[str, dict[str, Any]]:
        """Return what is known of each person."""
        known: dict[str, dict[str, Any]] = {}
        answer = self._lake.query("SELECT person_id, trait, value FROM traits")
        for person, trait, value in answer.rows:
            known.setdefault(person, {})[trait] = orjson.loads(value)
        return known

    def persons(self, of: set[str]) -> dict[str, str]:
        """Return the person of each label by the two views that `events_resolved` is made of."""
        owners = {
            row[0]: None if row[2] else row[1]
            for row in self._lake.query(
                "SELECT anonymous_id, owner_user_id, shared FROM anon_owner"
            ).rows
        }
        roots = dict(self._lake.query("SELECT person_id, root FROM person_root").rows)
        persons = {}
        for label in of:
            identity = identity_of(label)
            user = identity.user_id or owners.get(identity.anonymous_id)
            person = person_of_user(user) if user else person_of_device(identity.anonymous_id or "")
            persons[label] = roots.get(person, person)
        return persons


@pytest.fixture(scope="module")
def athena(tmp_path_factory: pytest.TempPathFactory) -> Athena:
    return Athena(tmp_path_factory.mktemp("lake"))


@scenarios
def test_the_profile_read_and_athena_agree_on_a_scenario(
    scenario: Scenario, athena: Athena
) -> None:
    random = Random(scenario.name)
    records = collected(scenario, shuffled(scenario.messages, random))
    table = stitched(scenario, records, random)
    athena.fill(records, table)

    profiles = {
        label: read_profile(identity_of(label), table, max_users_per_device=scenario.max_users)
        for label in labels(scenario.events)
    }
    read = {label: profile.person_id for label, profile in profiles.items()}
    by_message = athena.events()

    assert athena.persons(set(read)) == read
    assert {
        frozenset(label for label in read if read[label] == person) for person in read.values()
    } == {frozenset(members) for members in scenario.expect["persons"]}
    assert by_message == {
        event.message_id: read[f"user:{event.identity.user_id}"]
        if event.identity.user_id is not None
        else read.get(f"anon:{event.identity.anonymous_id}")
        for event in scenario.events
    }
    for message, label in scenario.expect.get("events", {}).items():
        assert by_message[message] == read[label]
    assert {message for message, person in by_message.items() if person is None} == set(
        scenario.expect.get("unattributed", ())
    )
    for label, traits in scenario.expect.get("traits", {}).items():
        assert profiles[label].traits == traits
    said = athena.traits()
    assert {label: said.get(person, {}) for label, person in read.items()} == {
        label: profile.traits for label, profile in profiles.items()
    }
