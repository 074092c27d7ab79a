"""A shard delivered by Lambda's own rules to a stitcher whose services fail now and then."""

import json
from base64 import b64decode
from collections.abc import Mapping, Sequence
from random import Random
from typing import Any

import pytest
from headwater.destination import Delivery
from headwater.destinations import check
from headwater.errors import DependencyError
from headwater.identity.lines import Record
from headwater.identity.store import IdentityStore
from headwater.ports import QueueMessage
from headwater.stitch import stitch
from headwater.workspace import load

from local.poller import EventSource, Poller, StreamRecord, kinesis_record
from tests.fakes import MemoryQueue, MemoryStore
from tests.identity.faults import FaultyTable
from tests.identity.memory_table import MemoryTable
from tests.identity.scenarios import SCENARIOS, Scenario, answer, expected
from tests.identity.tables import NOW, log_all, shuffled

WEBHOOK = check(load("demo"))[:1]


class FaultyQueue(MemoryQueue):
    """A queue that takes a part of what it is sent and refuses, now and then."""

    def __init__(self, random: Random) -> None:
        super().__init__()
        self._random = random

    def send(self, messages: Sequence[QueueMessage]) -> None:
        if self._random.random() < 0.2:
            super().send(messages[:1])
            raise DependencyError("the queue is busy")
        super().send(messages)


class Function:
    """The stitcher as Lambda sees it: it may also die after its work, or run in a new container."""

    def __init__(self, scenario: Scenario, table: MemoryTable, random: Random) -> None:
        self._scenario = scenario
        self._table = FaultyTable(table, lambda _: random.random() < 0.05)
        self._random = random
        self.queue = FaultyQueue(random)
        self.bucket = MemoryStore()
        self._start()

    def _start(self) -> None:
        self._store = IdentityStore(self._table, max_users_per_device=self._scenario.max_users)

    def __call__(self, event: dict[str, list[StreamRecord]]) -> Mapping[str, Any]:
        stitched = stitch(
            [
                Record(
                    one["eventID"],
                    one["kinesis"]["sequenceNumber"],
                    b64decode(one["kinesis"]["data"]),
                )
                for one in event["Records"]
            ],
            store=self._store,
            configured=WEBHOOK,
            queue=self.queue,
            objects=self.bucket,
            now=NOW,
        )
        if self._random.random() < 0.1:
            self._start()
            raise TimeoutError
        failed = stitched.failed_from
        return {"batchItemFailures": [{"itemIdentifier": failed}] if failed else []}


@pytest.mark.parametrize("scenario", SCENARIOS, ids=str)
def test_every_event_is_linked_and_delivered_whatever_fails_on_the_way(scenario: Scenario) -> None:
    for seed in range(3):
        random, table = Random(seed), MemoryTable()
        function = Function(scenario, table, random)
        poller = Poller(function, EventSource(batch_size=7))

        poller.drain(
            [
                kinesis_record(event.to_line(), sequence=number, arrived_at=0.0)
                for number, event in enumerate(shuffled(scenario.events, random))
            ]
        )
        log_all(table.stream, table)

        assert poller.failed == []
        assert answer(scenario, table) == expected(scenario, table)
        assert {
            event.message_id
            for message in function.queue.messages
            for event in Delivery.from_json(json.loads(message.body)).events
        } == {event.message_id for event in scenario.events}


def test_a_line_nobody_can_read_does_not_hold_the_shard() -> None:
    scenario = SCENARIOS[0]
    function = Function(scenario, MemoryTable(), Random(5))
    poller = Poller(function, EventSource(batch_size=2, maximum_retry_attempts=100))
    lines = [event.to_line() for event in scenario.events]

    poller.drain(
        [
            kinesis_record(line, sequence=number, arrived_at=0.0)
            for number, line in enumerate([lines[0], b"{\n", *lines[1:]])
        ]
    )

    assert poller.failed == []
    assert len(function.bucket.objects) == 1
