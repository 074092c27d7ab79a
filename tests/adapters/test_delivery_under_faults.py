"""Randomised runs of the whole delivery against a vendor with every bad habit: no event is ever lost."""

import gzip
import json
import random
import socket
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import count
from typing import Any

import orjson
import pytest
from headwater.adapters.http import UrllibHttp
from headwater.deliver import deliver
from headwater.delivery.breaker import Breakers
from headwater.delivery.outside import Outside, Received
from headwater.delivery.pace import Pace
from headwater.delivery.parking import bring_back
from headwater.destination import Configured, deliveries
from headwater.destinations import DESTINATIONS
from headwater.ports import HttpRequest, HttpResponse

from tests.examples import NOON, a_stored_track
from tests.fakes import MemoryQueue, MemorySecrets, MemoryStore, MemoryTable
from tests.vendor import Asked, Vendor, drip, reply, reset, vendor

pytestmark = pytest.mark.enable_socket

EVENTS = 60
POISON = "message-13"


class MoodyVendor:
    """Takes a batch, or does one of the things vendors do; what it took it remembers by messageId."""

    def __init__(self, mood: random.Random) -> None:
        self._mood = mood
        self.taken: Counter[str] = Counter()

    def __call__(self, asked: Asked, connection: socket.socket, there: Vendor) -> None:
        body = asked.body
        if asked.headers.get("content-encoding") == "gzip":
            body = gzip.decompress(body)
        calls = [call["messageId"] for call in json.loads(body)["batch"]]
        habit = self._mood.choice(HABITS)
        if habit in ("take", "take and reset"):
            if POISON in calls:
                return reply(connection, 400, b"one of these is wrong")
            self.taken.update(calls)
        if habit in ANSWERS:
            return reply(connection, ANSWERS[habit][0], headers=ANSWERS[habit][1])
        return MISHAPS[habit](connection, there)


ANSWERS: dict[str, tuple[int, dict[str, str]]] = {
    "take": (200, {}),
    "server error": (500, {}),
    "unavailable": (503, {}),
    "throttled": (429, {"Retry-After": "30"}),
    "throttled until a date": (429, {"Retry-After": "Sun, 01 Mar 2026 13:00:00 GMT"}),
    "throttled until a second": (429, {"X-RateLimit-Reset": str(int(NOON.timestamp()) + 90)}),
    "throttled without a word": (429, {}),
    "unauthorized": (401, {}),
    "late": (408, {}),
    "too large": (413, {}),
}


def hang(connection: socket.socket, there: Vendor) -> None:
    there.closing.wait(10)


def garbage(connection: socket.socket, there: Vendor) -> None:
    connection.sendall(b"\x00\xff not http at all\r\n\r\n")
    reset(connection)


MISHAPS: dict[str, Callable[[socket.socket, Vendor], None]] = {
    "hang": hang,
    "drip": lambda connection, there: drip(connection, b"HTTP/1.1 200 OK" * 9, there, every=0.02),
    "reset": lambda connection, there: reset(connection),
    "take and reset": lambda connection, there: reset(connection),
    "garbage": garbage,
}

HABITS = ["take"] * 6 + list(ANSWERS) + list(MISHAPS)


class Hurried:
    """The real adapter, with a vendor's eight seconds made a fifth of one."""

    def __init__(self) -> None:
        self._http = UrllibHttp()

    def send(self, request: HttpRequest, *, timeout_seconds: float) -> HttpResponse:
        return self._http.send(request, timeout_seconds=0.2)


def undeliverable(store: MemoryStore) -> Counter[str]:
    return Counter(
        line["event"]["messageId"]
        for key, body in store.objects.items()
        if key.startswith("undeliverable/")
        for line in map(json.loads, gzip.decompress(body).splitlines())
        if line["reason"]
    )


def parked(store: MemoryStore) -> list[bytes]:
    return [
        gzip.decompress(body) for key, body in store.objects.items() if key.startswith("parked/")
    ]


@pytest.mark.parametrize("seed", range(6))
def test_every_event_ends_delivered_or_undeliverable_with_a_reason(seed: int) -> None:
    """Rounds of the queue, a simulated minute to an hour apart, until nothing waits."""
    chance = random.Random(seed)
    moody = MoodyVendor(chance)
    queue, store = MemoryQueue(), MemoryStore()
    # A clock that always moves on: every look at the breaker is a fresh one.
    breakers = Breakers(MemoryTable(), seconds=count(step=10).__next__)
    events = [a_stored_track(f"message-{number}") for number in range(EVENTS)]
    now: datetime = NOON

    with vendor(moody) as there:
        settings: dict[str, Any] = {
            "url": there.url,
            "write_key": "test-write-key",
            "allow_private_addresses": True,
        }
        relay = Configured(
            id="relay",
            sheet=DESTINATIONS["segment_relay"],
            integration="Segment Relay",
            events=("track",),
            settings=settings,
        )
        queue.send(
            [
                delivery.to_message()
                for delivery in deliveries(
                    events, destination_id="relay", first_at=NOON, max_bytes=9_000
                )
            ]
        )
        rounds = 0
        while queue.messages or parked(store):
            bring_back([relay], store=store, queue=queue, breakers=breakers, now=now)
            still_parked = parked(store)
            messages, queue.messages = queue.messages, []
            reports = deliver(
                [Received(str(at), message.body) for at, message in enumerate(messages)],
                {"relay": relay},
                Outside(
                    http=Hurried(),
                    queue=queue,
                    store=store,
                    outcomes=MemoryStore(),
                    secrets=MemorySecrets(),
                    breakers=breakers,
                    pace=Pace(seconds=lambda: 0.0, sleep=lambda seconds: None),
                    now=lambda at=now: at,  # type: ignore[misc]
                    seconds=lambda: 0.0,
                    random=chance.random,
                ),
                time_limit_seconds=20.0,
            )
            assert not [report for report in reports if report.failed]
            waiting = [
                event["messageId"]
                for body in [*(m.body.encode() for m in queue.messages), *parked(store)]
                for event in orjson.loads(body)["events"]
            ]
            delivered = sum(report.delivered for report in reports)
            ended = sum(sum(report.undeliverable.values()) for report in reports)
            bodies = [*(message.body.encode() for message in messages), *still_parked]
            before = sum(len(orjson.loads(body)["events"]) for body in bodies)
            # At the end of a round every event is in exactly one place.
            assert delivered + ended + len(waiting) == before
            rounds += 1
            now += timedelta(minutes=chance.choice([1, 5, 20, 60]))

    kept = undeliverable(store)
    assert set(moody.taken) | set(kept) == {event.message_id for event in events}
    assert kept[POISON] == 1
    assert set(kept.values()) <= {1}
    # What was taken and lost its answer is sent again under the same messageId: the vendor's own key.
    assert rounds > 1
