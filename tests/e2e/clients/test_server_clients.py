"""The server clients of Segment, RudderStack and Jitsu, with the server source's secret key."""

from collections import Counter
from collections.abc import Iterator

import pytest

from local.endpoints import Endpoints
from tests.e2e.clients.front import Front
from tests.e2e.clients.landed import Called, RawLines, assert_landed_once
from tests.e2e.clients.server_clients import CLIENTS, Call, Jitsu, ServerClient

USER = {"userId": "u-1"}
CALLS: list[Call] = [
    ("identify", {**USER, "traits": {"plan": "team", "name": "Jürgen"}}),
    ("track", {**USER, "event": "Invoice Paid", "properties": {"revenue": 12.5}}),
    ("group", {**USER, "groupId": "g-1", "traits": {"employees": 40}}),
    ("page", {**USER, "name": "Docs", "properties": {"url": "https://shop.example/docs"}}),
    ("screen", {**USER, "name": "Start"}),
    ("alias", {**USER, "previousId": "u-0"}),
]
CALLED: Called = Counter(
    [
        ("identify", None),
        ("track", "Invoice Paid"),
        ("group", None),
        ("page", "Docs"),
        ("screen", "Start"),
        ("alias", None),
    ]
)
TRACKS: list[Call] = [("track", {**USER, "event": f"Step {number}"}) for number in range(3)]
TRACKED: Called = Counter(("track", f"Step {number}") for number in range(3))


@pytest.fixture
def front(endpoints: Endpoints) -> Iterator[Front]:
    with Front(endpoints) as opened:
        yield opened


@pytest.fixture(params=CLIENTS)
def client(request: pytest.FixtureRequest) -> ServerClient:
    return CLIENTS[request.param]


def test_every_kind_of_call_lands_once(
    client: ServerClient, front: Front, endpoints: Endpoints, raw: RawLines
) -> None:
    failed = client.run(front, endpoints, endpoints.server_key, CALLS)

    assert failed == []
    stored = assert_landed_once(front.uploads, raw, calls=CALLED, kind="server")
    assert {exchange.status for exchange in front.uploads} == {200}
    identify = next(line for line in stored if line["type"] == "identify")
    assert identify["traits"] == {"plan": "team", "name": "Jürgen"}


@pytest.mark.parametrize("status", [429, 503])
def test_an_overload_is_waited_out_and_nothing_is_sent_twice(
    client: ServerClient, front: Front, endpoints: Endpoints, raw: RawLines, status: int
) -> None:
    front.fail(1, status=status, retry_after_seconds=1)

    failed = client.run(front, endpoints, endpoints.server_key, TRACKS)

    assert failed == []
    assert_landed_once(front.uploads, raw, calls=TRACKED, kind="server")
    assert [exchange.status for exchange in front.uploads if exchange.injected] == [status]


def test_a_request_that_can_never_be_taken_is_not_sent_again(
    client: ServerClient, front: Front, endpoints: Endpoints
) -> None:
    failed = client.run(front, endpoints, "nobodysKey0000000000000000000000", TRACKS)

    assert len(failed) > 0
    assert [exchange.status for exchange in front.uploads] == [400]


def test_jitsus_client_sends_each_call_once(
    front: Front, endpoints: Endpoints, raw: RawLines
) -> None:
    calls = [call for call in CALLS if call[0] in {"identify", "track", "group", "page"}]

    Jitsu().run(front, endpoints, endpoints.server_key, calls)

    # Jitsu's page call has no name, only properties.
    called: Called = Counter(
        [("identify", None), ("track", "Invoice Paid"), ("group", None), ("page", None)]
    )
    assert_landed_once(front.uploads, raw, calls=called, kind="server")
    assert [exchange.status for exchange in front.uploads] == [200] * 4
