"""Randomised runs of the whole delivery against vendors with every bad habit: no event is ever lost.

`DELIVERY_RUNS=50` makes as many runs of each vendor; the few of `make test` are the first of these.
"""

import gzip
import json
import os
import random
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from itertools import count
from urllib.parse import urlsplit

import orjson
import pytest
from headwater.adapters.aws_signed import AwsSigned
from headwater.adapters.http import UrllibHttp
from headwater.adapters.signature import Credentials
from headwater.deliver import deliver
from headwater.delivery.breaker import Breakers
from headwater.delivery.outside import Outside, Received
from headwater.delivery.pace import Pace
from headwater.delivery.parking import bring_back
from headwater.delivery.slowness import Slowness
from headwater.destination import Configured, deliveries
from headwater.destinations import DESTINATIONS
from headwater.ports import HttpRequest, HttpResponse

from tests.adapters.moody_vendors import DIALECTS, HABITS, POISON, MoodyVendor
from tests.examples import NOON, a_stored_track
from tests.fakes import MemoryQueue, MemorySecrets, MemoryStore, MemoryTable
from tests.vendor import vendor

pytestmark = pytest.mark.enable_socket

EVENTS = 100
RUNS = int(os.environ.get("DELIVERY_RUNS", "2"))


class Hurried:
    """The real adapter, with a vendor's eight seconds made a fifth of one, and its host on loopback."""

    def __init__(self, url: str) -> None:
        self._http = UrllibHttp()
        self._url = url

    def send(self, request: HttpRequest, *, timeout_seconds: float) -> HttpResponse:
        parts = urlsplit(request.url)
        here = f"{self._url}{parts.path}{f'?{parts.query}' if parts.query else ''}"
        local = replace(request, url=here, allow_private_addresses=True)
        return self._http.send(local, timeout_seconds=0.2)


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


def ids(bodies: list[bytes]) -> list[str]:
    return [event["messageId"] for body in bodies for event in orjson.loads(body)["events"]]


@pytest.mark.parametrize("seed", range(RUNS))
@pytest.mark.parametrize("slug", DIALECTS)
def test_every_event_ends_delivered_or_undeliverable_or_waits(slug: str, seed: int) -> None:
    """Rounds of the queue, a simulated minute to an hour apart, until nothing waits."""
    chance = random.Random(f"{slug}-{seed}")
    dialect = DIALECTS[slug]
    moody = MoodyVendor(dialect, chance)
    queue, store = MemoryQueue(), MemoryStore()
    # A clock that always moves on: every look at the breaker is a fresh one.
    breakers = Breakers(MemoryTable(), seconds=count(step=10).__next__)
    everyone = {f"message-{number}" for number in range(EVENTS)}
    # A few events a request, so that a run has many.
    sheet = replace(DESTINATIONS[slug], max_events=5)
    own = Configured(
        id="own", sheet=sheet, integration="Own", events=("track",), settings=dialect.settings
    )
    queue.send(
        [
            delivery.to_message()
            for delivery in deliveries(
                [a_stored_track(name) for name in sorted(everyone)],
                destination_id="own",
                first_at=NOON,
                max_bytes=9_000,
            )
        ]
    )
    now = NOON

    with vendor(moody) as there:
        http = AwsSigned(
            Hurried(there.url), credentials=lambda: Credentials("key", "secret"), now=lambda: NOON
        )
        while queue.messages or parked(store):
            bring_back([own], store=store, queue=queue, breakers=breakers, now=now)
            still_parked = parked(store)
            messages, queue.messages = queue.messages, []
            reports = deliver(
                [Received(str(at), message.body) for at, message in enumerate(messages)],
                {"own": own},
                Outside(
                    http=http,
                    queue=queue,
                    store=store,
                    outcomes=MemoryStore(),
                    secrets=MemorySecrets(),
                    breakers=breakers,
                    slowness=Slowness(MemoryTable(), seconds=lambda: 0.0, me=1),
                    pace=Pace(seconds=lambda: 0.0, sleep=lambda seconds: None),
                    now=lambda at=now: at,  # type: ignore[misc]
                    seconds=lambda: 0.0,
                    random=chance.random,
                ),
                time_limit_seconds=20.0,
            )
            assert not [report for report in reports if report.failed]
            waiting = ids([*(one.body.encode() for one in queue.messages), *parked(store)])
            before = ids([*(one.body.encode() for one in messages), *still_parked])
            delivered = sum(report.delivered for report in reports)
            ended = sum(sum(report.undeliverable.values()) for report in reports)
            # At the end of a round every event is in exactly one place.
            assert delivered + ended + len(waiting) == len(before)
            assert everyone == set(moody.taken) | set(undeliverable(store)) | set(waiting)
            now += timedelta(minutes=chance.choice([1, 5, 20, 60]))

    kept = undeliverable(store)
    assert set(moody.taken) | set(kept) == everyone
    assert kept[POISON] == 1
    assert POISON not in moody.taken
    assert set(kept.values()) <= {1}
    # However often an event was sent, under one id the vendor saw one event, byte for byte.
    assert set(moody.taken) <= set(moody.identities) <= everyone
    assert {len(bodies) for bodies in moody.identities.values()} == {1}
    # And what it did to us was everything that vendors do.
    assert set(moody.habits) == set(HABITS), moody.habits.total()
