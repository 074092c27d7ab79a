"""RudderStack's and Jitsu's web clients in Chromium, from a page on another origin."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from local.endpoints import Endpoints
from tests.e2e.clients.chromium import Chromium, bundle
from tests.e2e.clients.front import Exchange, Front
from tests.e2e.clients.landed import Called, RawLines, assert_landed_once

CALLS: list[list[Any]] = [
    ["page", "Docs", "Index", {"section": "intro"}],
    ["identify", "u-1", {"plan": "team"}],
    ["track", "Song Played", {"title": "Fürst"}],
    ["group", "g-1", {"employees": 40}],
]
CALLED: Called = Counter(
    [("page", "Index"), ("identify", None), ("track", "Song Played"), ("group", None)]
)
TOO_LARGE: list[list[Any]] = [["track", "Essay Written", {"text": "x" * 40_000}]]


class TestRudderStack:
    """`@rudderstack/analytics-js` with its plugins in the bundle."""

    @pytest.fixture
    def front(self, endpoints: Endpoints) -> Iterator[Front]:
        with Front(endpoints, script=bundle("rudder.js")) as opened:
            yield opened

    def play(
        self,
        chromium: Chromium,
        front: Front,
        endpoints: Endpoints,
        calls: list[list[Any]],
        *,
        events: int = 0,
        uploads: int = 0,
        **options: Any,
    ) -> tuple[Exchange, ...]:
        collector = f"{front.url}{endpoints.prefix}"
        with chromium.visit(front.elsewhere) as visit:
            visit.play(
                calls,
                settings={"writeKey": endpoints.write_key, "dataPlaneUrl": collector},
                options={"configUrl": collector, **options},
            )
            sent = front.settled(events=events, uploads=uploads)
        assert (visit.strangers, visit.faults) == ([], [])
        return sent

    def test_every_kind_of_call_lands_once(
        self, chromium: Chromium, front: Front, endpoints: Endpoints, raw: RawLines
    ) -> None:
        uploads = self.play(chromium, front, endpoints, CALLS, events=4)

        stored = assert_landed_once(uploads, raw, calls=CALLED, kind="browser")
        assert {exchange.status for exchange in uploads} == {200}
        traits = next(line["traits"] for line in stored if line["type"] == "identify")
        assert traits == {"plan": "team"}

    @pytest.mark.parametrize("status", [429, 503])
    def test_an_overload_is_waited_out_and_nothing_is_sent_twice(
        self, chromium: Chromium, front: Front, endpoints: Endpoints, raw: RawLines, status: int
    ) -> None:
        front.fail(1, status=status, retry_after_seconds=1)

        uploads = self.play(chromium, front, endpoints, CALLS, events=4)

        assert_landed_once(uploads, raw, calls=CALLED, kind="browser")
        assert [exchange.status for exchange in uploads if exchange.injected] == [status]

    def test_beacons_land_once(
        self, chromium: Chromium, front: Front, endpoints: Endpoints, raw: RawLines
    ) -> None:
        queue = {"maxItems": 2, "flushQueueInterval": 1_000}

        uploads = self.play(
            chromium, front, endpoints, CALLS, events=4, useBeacon=True, beaconQueueOptions=queue
        )

        assert_landed_once(uploads, raw, calls=CALLED, kind="browser")
        assert {exchange.request.path for exchange in uploads} == {
            f"{endpoints.prefix}/beacon/v1/batch"
        }

    def test_an_event_that_cannot_be_taken_is_not_sent_again(
        self, chromium: Chromium, front: Front, endpoints: Endpoints
    ) -> None:
        uploads = self.play(chromium, front, endpoints, TOO_LARGE, uploads=1)

        assert [exchange.status for exchange in uploads] == [400]


class TestJitsu:
    """`@jitsu/js`, which sends each call once and never comes back."""

    @pytest.fixture
    def front(self, endpoints: Endpoints) -> Iterator[Front]:
        with Front(endpoints, script=bundle("jitsu.js")) as opened:
            yield opened

    def play(
        self, chromium: Chromium, front: Front, endpoints: Endpoints, calls: list[list[Any]]
    ) -> tuple[Exchange, ...]:
        settings = {
            # The client insists on Jitsu's form, `id:secret`.
            "writeKey": f"shop:{endpoints.write_key}",
            "host": f"{front.url}{endpoints.prefix}",
        }
        with chromium.visit(front.elsewhere) as visit:
            visit.play(calls, settings=settings)
            uploads = front.settled(uploads=len(calls))
        assert (visit.strangers, visit.faults) == ([], [])
        return uploads

    def test_every_kind_of_call_lands_once(
        self, chromium: Chromium, front: Front, endpoints: Endpoints, raw: RawLines
    ) -> None:
        calls = [["page", {"section": "intro"}], *CALLS[1:]]

        uploads = self.play(chromium, front, endpoints, calls)

        # Jitsu's page call has no name, only properties.
        called = CALLED - Counter([("page", "Index")]) + Counter([("page", None)])
        assert_landed_once(uploads, raw, calls=called, kind="browser")
        assert [exchange.status for exchange in uploads] == [200] * 4

    def test_an_event_that_cannot_be_taken_is_not_sent_again(
        self, chromium: Chromium, front: Front, endpoints: Endpoints
    ) -> None:
        uploads = self.play(chromium, front, endpoints, TOO_LARGE)

        assert [exchange.status for exchange in uploads] == [400]
