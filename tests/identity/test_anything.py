"""Made-up histories from the request to the profile and to Athena, whose persons and traits are one.

Two histories of what clients send at its strangest; `FUZZ=50` plays 50 times as many.
"""

import gzip
import json
import os
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
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
from headwater.lake.views import saved_query
from headwater.record import REJECTED_MARK, Identity, StoredEvent
from headwater.stitch import stitch

from local.athena import Lake
from tests.examples import BROWSER_KEY, SERVER_KEY, a_request, a_workspace
from tests.fakes import MemoryStore, MemoryStream
from tests.identity.memory_table import MemoryTable
from tests.identity.model import resolve
from tests.identity.tables import NoQueue, log_all
from tests.unit.lake.bucket import a_compactor

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
WORKSPACE = a_workspace()
HISTORIES = 2 * int(os.environ.get("FUZZ", "1"))

USERS = (
    "u1",
    "u2",
    "u3",
    4,
    "用户-5",
    "Zoë",
    "o'neil",
    'qu"ote',
    "a\\b",
    "x" * 256,
    "e\u0301",
    "é",
)
DEVICES = ("d1", "d1", "d2", "d3", "📱-4", "u1", "y" * 256)
NOBODY = (
    "undefined", "NULL", "'null'", '"None"', "NaN", "nil", "0", "000-0", "-1", "anonymous", "  ", "",
    "[object Object]", "true", "x" * 257, None, 0, "guest", "nul\0", True, ["u1"], {"id": "u1"},
)  # fmt: skip
NAMES = (
    "plan",
    "plan",
    "email",
    "äge",
    "a.b",
    'k"ey',
    "back\\slash",
    "with space",
    "$.x",
    "[0]",
    "😀",
)
VALUES: tuple[Any, ...] = (
    "free", "gold", "", None, None, 0, -0.0, 1.5, 2**53 + 1, 2**70, 1e300, True, False, [], {}, "null",
    "nul\0", {"b": None, "a": [1, {"c": "ü"}]}, [None, "x"], "line\nbreak", "\ud83d", "z" * 1_900,
)  # fmt: skip
STRANGE_TIMES = (
    "1969-12-31T23:59:59Z", "1999-12-31T23:59:59.999Z", "2090-01-01T00:00:00Z", "yesterday", "", None, 0,
    1_772_400_000, 1_772_400_000_123, "2026-03-02T09:00:00.123456+05:30", "2026-03-01T23:59:60Z",
    "2026-02-27T08:00:00Z", "2020-02-29", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z",
)  # fmt: skip


def a_message(random: Random, number: int, received: datetime) -> dict[str, Any]:
    happened = received - timedelta(seconds=random.choice((0, 1, 60, 900, 90_000)))
    message: dict[str, Any] = {
        "type": random.choice(("identify", "identify", "alias", "group", "track", "page", "screen")),
        "messageId": f"m{number}",
        "event": "Seen",
        "timestamp": random.choice((happened.isoformat(), happened.isoformat(), random.choice(STRANGE_TIMES))),
    }  # fmt: skip
    if random.random() < 0.7:
        message["userId"] = random.choice((*USERS, random.choice(NOBODY)))
    if random.random() < 0.7:
        message["anonymousId"] = random.choice((*DEVICES, random.choice(NOBODY)))
    if message["type"] == "alias":
        message["previousId"] = random.choice((*USERS, *DEVICES, random.choice(NOBODY)))
    if message["type"] == "group":
        message["groupId"] = random.choice(("team-1", "team-2", "team-1", random.choice(NOBODY)))
    if message["type"] in ("identify", "group") and random.random() < 0.9:
        message["traits"] = {
            random.choice(NAMES): random.choice(VALUES) for _ in range(random.randint(0, 4))
        }
    return message


def sent(random: Random, stream: MemoryStream, number: int) -> None:
    """Send a message, some again later by a clock that has moved; a refusal keeps nothing."""
    received = NOW - timedelta(seconds=random.randint(10, 4_000))
    message = a_message(random, number, received)
    key = random.choice((SERVER_KEY, BROWSER_KEY))
    for copy in range(random.choice((1, 2, 3))):
        at = received + copy * timedelta(seconds=random.choice((0, 1, 900)))
        sent_at = at + timedelta(seconds=random.choice((0, -30, 7_200, 40_000)))
        ended = collect(
            a_request(
                {**message, "sentAt": sent_at.isoformat(), "writeKey": key},
                path=f"/ev/v1/{message['type']}",
            ),
            workspace=WORKSPACE,
            stream=stream,
            store=MemoryStore(),
            now=min(at, NOW - timedelta(seconds=1)),
            new_id=lambda: f"made-up-{number}",
        )
        assert ended.reply.status in (200, 400), ended.reply.body


def stitched(records: list[bytes], random: Random) -> MemoryTable:
    table = MemoryTable()
    stores = [IdentityStore(table, max_users_per_device=5) for _ in range(3)]
    numbered = [Record(f"shardId-0:{at}", str(at), data) for at, data in enumerate(records)]
    for batch in batched(numbered, random.randint(1, 9), strict=False):
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


def a_lake(directory: Path, records: list[bytes], table: MemoryTable, cut: int) -> Lake:
    """The lake of the records: the first of them compacted, the rest as they landed."""
    store = log_all(table.stream, table)
    for part, some in enumerate((records[:cut], records[cut:])):
        body = b"".join(some)
        if body:
            store.put(f"raw/dt=2026-03-02/hr=12/{part}.ndjson.gz", _gzipped(body))
        if part == 0:
            for ending in a_compactor(store, directory, NOW).run():
                assert getattr(ending, "unreadable", 1) == 0
    return Lake(directory / "lake", store=store, now=NOW)


def _gzipped(body: bytes) -> bytes:

    return gzip.compress(body, mtime=0)


def same(value: Any) -> str:
    return json.dumps(value, sort_keys=True)


@pytest.mark.parametrize("seed", range(HISTORIES))
def test_profile_model_and_athena_tell_one_story(tmp_path: Path, seed: int) -> None:
    random, stream = Random(seed), MemoryStream()
    for number in range(120):
        sent(random, stream, number)
    records = [
        record.data for record in stream.records if not record.data.startswith(REJECTED_MARK)
    ]
    random.shuffle(records)
    events = [
        StoredEvent.from_json(orjson.loads(line))
        for data in records
        for line in data.splitlines()
        if line.startswith(b"{")
    ]
    model, table = resolve(events), stitched(records, random)
    # The change log has its own order.
    lake = a_lake(tmp_path, records, table, random.randint(len(records) * 3 // 4, len(records)))

    persons = dict(lake.query("SELECT message_id, person_id FROM events_resolved").rows)
    assert persons == {event.message_id: model.person_of(event) for event in events}
    assert lake.query(saved_query("identity_audit").sql).rows == ()
    said: dict[str, dict[str, Any]] = {}
    for person, trait, value in lake.query("SELECT person_id, trait, value FROM traits").rows:
        said.setdefault(person, {})[trait] = json.loads(value)
    for identity in {labelled(event.identity, kind) for event in events for kind in "ua"} - {None}:
        check(identity, table, model, said)


def labelled(identity: Identity, kind: str) -> Identity | None:
    if kind == "u":
        return Identity(user_id=identity.user_id) if identity.user_id else None
    return Identity(anonymous_id=identity.anonymous_id) if identity.anonymous_id else None


def check(identity: Any, table: MemoryTable, model: Any, said: Mapping[str, Any]) -> None:
    profile = read_profile(identity, table, max_users_per_device=5)
    person = (
        model.person_of_user(identity.user_id)
        if identity.user_id
        else model.person_of_device(identity.anonymous_id)
    )
    assert profile.person_id == person, identity
    assert same(profile.traits) == same(model.traits_of(person)), identity
    assert same(profile.traits) == same(said.get(person, {})), identity
