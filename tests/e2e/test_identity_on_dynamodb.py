"""The identity registers on AWS's own DynamoDB, under concurrent containers that are killed."""

import multiprocessing
import os
import sys
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from multiprocessing.connection import Connection, wait
from random import Random
from typing import cast

import pytest
from headwater.identity.store import IdentityStore
from headwater.record import Identity, SourceReference, StoredEvent

from tests.e2e.dynamodb.container import serve
from tests.e2e.dynamodb.server import dynamodb_local, identity_table, missing
from tests.identity.agreement import check_agreement
from tests.identity.model import resolve

CONTAINERS = 5
MAX_USERS = 2
WORLDS = 16  # small graphs side by side: each is another order of the labels, which are hashes
BATCHES = 64
# Two busy cores need forty; it ends when all is done.
SECONDS = 300.0

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def address() -> Iterator[str]:
    reason = missing()
    if reason is not None:
        sys.stderr.write(f"\n{reason}: the identity registers are not tried on DynamoDB Local\n")
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    with dynamodb_local() as address:
        yield address


def said(random: Random, number: int) -> StoredEvent:
    """Make up an event in one of the worlds: three users, two devices, two groups."""
    world = random.randrange(WORLDS)
    kind = random.choice(["track", "identify", "alias", "alias", "group"])
    users = [f"w{world}-u{each}" for each in range(4)]
    devices = [f"w{world}-d{each}" for each in range(2)]
    moment = NOON + random.choice([1, 2, 3, 86_400]) * timedelta(seconds=1)
    return StoredEvent(
        type=kind,
        message_id=f"m{number}",
        timestamp=moment,
        received_at=moment,
        source=SourceReference("shop", random.choice(["server", "server", "browser"])),
        traits={random.choice("xy"): random.choice([number, None])}
        if kind in ("identify", "group")
        else {},
        identity=Identity(
            user_id=random.choice(users if kind == "alias" else [*users, None]),
            anonymous_id=random.choice([*devices, None]),
            previous_id=random.choice([*users, *devices]) if kind == "alias" else None,
            group_id=random.choice("gh") if kind == "group" else None,
        ),
    )


class Containers:
    """Processes with a batch each; any of them may be killed, and its batch comes again."""

    def __init__(self, address: str, random: Random) -> None:
        # A server process that has everything imported: a new container then costs milliseconds.
        self._context = multiprocessing.get_context("forkserver")
        self._context.set_forkserver_preload(["tests.e2e.dynamodb.container"])
        self._address = address
        self._random = random
        self._running: dict[Connection, multiprocessing.process.BaseProcess] = {}
        self._busy: dict[Connection, list[StoredEvent]] = {}
        self.kills = 0

    def start(self) -> None:
        ours, theirs = self._context.Pipe()
        process = self._context.Process(
            target=serve, args=(theirs, self._address, MAX_USERS), daemon=True
        )
        process.start()
        theirs.close()
        self._running[ours] = process

    def stop(self, work: Connection) -> None:
        process = self._running.pop(work)
        process.kill()
        process.join()
        work.close()

    def stop_all(self) -> None:
        for work in list(self._running):
            self.stop(work)

    def play(self, batches: list[list[StoredEvent]], *, until: float) -> None:
        """Have every batch finished by somebody, killing whom the dice say while it works."""
        finished: list[list[StoredEvent]] = []
        while (batches or self._busy) and time.monotonic() < until:
            for work in [work for work in self._running if work not in self._busy]:
                if batches:
                    self._busy[work] = batches.pop()
                    work.send(lines(self._busy[work]))
            for ready in wait(list(self._busy), timeout=1.0):
                work = cast("Connection", ready)
                if work not in self._busy:
                    continue  # killed since
                assert work.recv() is None
                finished.append(self._busy.pop(work))
                if self._random.random() < 0.1:
                    batches.append(self._random.choice(finished))  # delivered once more
                # Tied to what gets done and not to the clock, so that a slow machine gets on too.
                if self._busy and self._random.random() < 0.25:
                    batches.append(self._kill(self._random.choice(list(self._busy))))
        assert not batches
        assert not self._busy

    def _kill(self, victim: Connection) -> list[StoredEvent]:
        """Kill a container in the middle of its batch, and start another in its place."""
        self.stop(victim)
        self.start()
        self.kills += 1
        return self._busy.pop(victim)


def lines(batch: Sequence[StoredEvent]) -> list[tuple[str, bytes]]:
    return [(str(number), event.to_line()) for number, event in enumerate(batch)]


def test_containers_that_race_and_are_killed_end_as_the_reference_resolver_says(
    address: str,
) -> None:
    random = Random(4)
    table = identity_table(address, create=True)
    events = [said(random, number) for number in range(BATCHES * 6)]
    batches = [random.choices(events, k=2) + events[at::BATCHES] for at in range(BATCHES)]
    containers = Containers(address, random)
    for _ in range(CONTAINERS):
        containers.start()

    try:
        containers.play(batches, until=time.monotonic() + SECONDS)
    finally:
        containers.stop_all()

    assert containers.kills >= 5
    check_agreement(
        {(item["pk"], item["sk"]): item for item in table.scan()},
        IdentityStore(table, max_users_per_device=MAX_USERS),
        resolve(events, max_users=MAX_USERS),
        users=[f"w{world}-u{each}" for world in range(WORLDS) for each in range(4)],
        devices=[f"w{world}-d{each}" for world in range(WORLDS) for each in range(2)],
        max_users=MAX_USERS,
    )
