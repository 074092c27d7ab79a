"""Segment's analytics.js in Chromium: the current version, and 1.83, whose key is in the body only."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from ssl import SSLContext
from typing import Any

import pytest

from local.endpoints import Endpoints
from tests.e2e.clients.chromium import Chromium, bundle
from tests.e2e.clients.front import Exchange, Front
from tests.e2e.clients.landed import Called, RawLines, assert_landed_once

CALLS: list[list[Any]] = [
    ["page", "Docs", "Index", {"section": "intro"}],
    ["track", "Song Played", {"title": "Fürst", "seconds": 12.5}],
    ["identify", "u-1", {"plan": "team"}],
    ["group", "g-1", {"employees": 40}],
    ["screen", "Player"],
    ["alias", "u-2"],
]
CALLED: Called = Counter(
    [
        ("page", "Index"),
        ("track", "Song Played"),
        ("identify", None),
        ("group", None),
        ("screen", "Player"),
        ("alias", None),
    ]
)
TRACKS: list[list[Any]] = [["track", f"Step {number}", {"number": number}] for number in range(3)]
TRACKED: Called = Counter(("track", f"Step {number}") for number in range(3))
TOO_LARGE: list[list[Any]] = [["track", "Essay Written", {"text": "x" * 40_000}]]

PACKAGES = {"current": (), "1.83.0": ("@segment/analytics-next=analytics-next-1-83",)}


@pytest.fixture(params=PACKAGES)
def version(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(params=["standard", "batching"])
def strategy(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def front(endpoints: Endpoints, version: str, strategy: str, tls: SSLContext) -> Iterator[Front]:
    # Up to 1.83 a batch goes to https, whatever was asked for.
    https = (version, strategy) == ("1.83.0", "batching")
    script = bundle("analytics-next.js", *PACKAGES[version])
    with Front(endpoints, script=script, tls=tls if https else None) as opened:
        yield opened


@pytest.fixture
def flush_after_ms() -> int:
    return 1_500


@dataclass(frozen=True)
class Loaded:
    """The page with the client, and what the client is loaded with."""

    chromium: Chromium
    front: Front
    part: dict[str, Any]

    def play(self, calls: list[list[Any]], *, on: str, **expected: int) -> tuple[Exchange, ...]:
        """Visit, make the calls, and wait for what they lead to; no stranger hears of it."""
        with self.chromium.visit(on) as visit:
            visit.play(calls, **self.part)
            uploads = self.front.settled(**expected)
        assert (visit.strangers, visit.faults) == ([], [])
        return uploads


@pytest.fixture
def client(
    chromium: Chromium, front: Front, endpoints: Endpoints, strategy: str, flush_after_ms: int
) -> Loaded:
    """The client, for batches of three."""
    batches = {"size": 3, "timeout": flush_after_ms, "keepalive": True}
    protocol, _, host = front.secure_url.partition("://")
    segment = {
        "apiHost": f"{host}{endpoints.prefix}/v1",
        "protocol": protocol,
        "deliveryStrategy": {
            "strategy": strategy,
            "config": batches if strategy == "batching" else {},
        },
    }
    settings = {"writeKey": endpoints.write_key, "cdnURL": f"{front.url}{endpoints.prefix}"}
    options = {"integrations": {"Segment.io": segment}}
    return Loaded(chromium, front, {"settings": settings, "options": options})


@pytest.mark.parametrize("page", ["same-origin", "cross-origin"])
def test_every_kind_of_call_lands_once(client: Loaded, raw: RawLines, page: str) -> None:
    on = {"same-origin": client.front.url, "cross-origin": client.front.elsewhere}[page]

    uploads = client.play(CALLS, on=on, events=6)

    stored = assert_landed_once(uploads, raw, calls=CALLED, kind="browser")
    assert {exchange.status for exchange in uploads} == {200}
    assert len({line["anonymousId"] for line in stored}) == 1
    assert [line["userId"] for line in stored if line["type"] == "group"] == ["u-1"]


@pytest.mark.parametrize("status", [429, 503])
def test_an_overload_is_waited_out_and_nothing_is_sent_twice(
    client: Loaded, raw: RawLines, status: int
) -> None:
    client.front.fail(1, status=status, retry_after_seconds=1)

    uploads = client.play(TRACKS, on=client.front.elsewhere, events=3)

    assert_landed_once(uploads, raw, calls=TRACKED, kind="browser")
    assert [exchange.status for exchange in uploads if exchange.injected] == [status]


def test_an_event_that_cannot_be_taken_is_not_sent_again(client: Loaded) -> None:
    uploads = client.play(TOO_LARGE, on=client.front.elsewhere, uploads=1)

    assert [exchange.status for exchange in uploads] == [400]


@pytest.mark.parametrize("flush_after_ms", [60_000])
@pytest.mark.parametrize("strategy", ["batching"], indirect=True)
def test_an_unfinished_batch_leaves_with_its_page(client: Loaded, raw: RawLines) -> None:
    with client.chromium.visit(client.front.elsewhere) as visit:
        visit.play(TRACKS[:2], patient=True, **client.part)
        assert client.front.uploads == ()
        visit.leave("about:blank")
        uploads = client.front.settled(events=2)

    assert_landed_once(uploads, raw, calls=Counter(list(TRACKED)[:2]), kind="browser")


@pytest.mark.parametrize("strategy", ["standard"], indirect=True)
def test_what_a_page_could_not_send_is_sent_by_the_next_page(client: Loaded, raw: RawLines) -> None:
    # Of what refuses, only a 429 is waited out as long as it asks: after a 503 the page sends again itself
    # within half a second, and what it sends as it leaves, the next page sends once more.
    client.front.fail(3, status=429, retry_after_seconds=30)
    with client.chromium.visit(client.front.url) as visit:
        visit.play(TRACKS, patient=True, **client.part)
        client.front.settled(uploads=3, silence_seconds=0)
        visit.leave(client.front.url)
        visit.play([], **client.part)
        uploads = client.front.settled(events=3)

    assert_landed_once(uploads, raw, calls=TRACKED, kind="browser")
