"""The profile read's handler on a real invocation payload, against moto's DynamoDB."""

import copy
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import boto3
import pytest
from headwater.adapters.dynamodb import DynamoTable
from headwater.ids import person_of_user
from headwater.record import StoredEvent, to_iso
from moto import mock_aws
from people import app

from local.athena import Lake
from local.athena.service import AthenaService
from local.serving import Server
from tests.dynamodb_tables import create_table
from tests.identity.stored import stored
from tests.identity.tables import StreamingTable, log_all, run
from tests.unit.lake.bucket import an_event, arrive, compact

ASKS: dict[str, Any] = json.loads(Path("events/people/user.json").read_text())


@pytest.fixture(autouse=True)
def client(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.setenv("WORKSPACE", "demo")
    monkeypatch.setenv("IDENTITY_TABLE", "identity")
    monkeypatch.setenv("GLUE_DATABASE", "lake")
    monkeypatch.setenv("ATHENA_WORKGROUP", "headwater")
    monkeypatch.setenv("ATHENA_ENDPOINT", "https://athena.us-east-1.amazonaws.com")
    with mock_aws(config={"core": {"passthrough": {"urls": [r"127\.0\.0\.1"]}}}):
        app._outside.cache_clear()
        app._lake.cache_clear()
        yield boto3.client("dynamodb")
        app._outside.cache_clear()
        app._lake.cache_clear()


@pytest.fixture
def shop(client: Any) -> None:
    """A visitor of two devices who became user-7, belongs to a team, and was once called user-6."""
    create_table("identity")
    table = StreamingTable(DynamoTable(client, "identity"))
    messages: list[dict[str, Any]] = [
        {"type": "identify", "anonymousId": "laptop", "traits": {"source": "newsletter"}},
        {
            "type": "identify",
            "anonymousId": "laptop",
            "userId": "user-7",
            "traits": {"plan": "pro"},
        },
        {"type": "track", "anonymousId": "phone", "userId": "user-7", "event": "Log In"},
        {"type": "group", "userId": "user-7", "groupId": "team-1", "traits": {"seats": 5}},
        {"type": "alias", "userId": "user-7", "previousId": "user-6"},
        {"type": "identify", "userId": "user-6", "traits": {"name": "Jane"}},
    ]
    events = [
        stored({"messageId": f"m{at}", "timestamp": f"2026-03-0{at}T12:00:00.000Z", **message})
        for at, message in enumerate(messages, 1)
    ]
    run(events, table, Random(1), max_users=5)
    log_all(table.stream, table)


def ask(path: str, **headers: str) -> tuple[int, dict[str, Any]]:
    event = copy.deepcopy(ASKS)
    event["rawPath"], _, event["rawQueryString"] = path.partition("?")
    event["headers"] |= headers
    answer = app.handler(event, None)
    return answer["statusCode"], json.loads(answer["body"])


JANE = {
    "personId": min(person_of_user("user-6"), person_of_user("user-7")),
    # What an alias replaced may have been a device or a user, so it is both.
    "anonymousIds": ["laptop", "phone", "user-6"],
    "traits": {
        "name": {"value": "Jane", "at": "2026-03-06T12:00:00.000Z"},
        "plan": {"value": "pro", "at": "2026-03-02T12:00:00.000Z"},
        "source": {"value": "newsletter", "at": "2026-03-01T12:00:00.000Z"},
    },
    "groups": {"team-1": "2026-03-04T12:00:00.000Z"},
    "firstSeen": "2026-03-01",
    "lastSeen": "2026-03-06",
    "flags": [],
}


@pytest.mark.usefixtures("shop")
@pytest.mark.parametrize(
    ("path", "users"),
    [
        ("/v1/people/user-7", ["user-7", "user-6"]),
        ("/v1/people/user%2D6", ["user-6", "user-7"]),
        ("/v1/people/laptop", ["user-7", "user-6"]),
        ("/v1/people/phone?kind=device", ["user-7", "user-6"]),
    ],
)
def test_a_person_is_found_by_any_id_of_hers(path: str, users: list[str]) -> None:
    status, person = ask(path)

    assert status == 200
    assert person == JANE | {"userIds": users}


@pytest.mark.usefixtures("shop")
@pytest.mark.parametrize(
    "path",
    ["/v1/people/stranger", "/v1/people/laptop?kind=user", "/v1/people/undefined", "/v1/people/"],
)
def test_nobody_is_a_404(path: str) -> None:
    status, body = ask(path)

    assert (status, body["success"], body["code"]) == (404, False, "not_found")


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"authorization": ""}, 401),
        ({"authorization": "", "x-write-key": "never-issued"}, 401),
        ({"authorization": "", "x-write-key": "demoBrowserKey000000000000000001"}, 403),
        ({"origin": "https://shop.example"}, 403),
    ],
)
def test_people_are_shown_to_servers_only(headers: dict[str, str], status: int) -> None:
    assert ask("/v1/people/user-7", **headers)[0] == status


def test_a_table_that_does_not_answer_is_a_503_that_names_nobody() -> None:
    status, body = ask("/v1/people/user-7")

    assert (status, body["code"]) == (503, "unavailable")
    assert "user-7" not in json.dumps(body)


@pytest.fixture
def lake(
    client: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[list[StoredEvent]]:
    """Jane's table, and a lake of what she and a stranger did: eight days ago, and just now."""
    now = datetime.now(UTC).replace(microsecond=0)
    times = [now - timedelta(days=8), *(now - timedelta(minutes=minutes) for minutes in (3, 2, 1))]
    events = [
        an_event(
            f"m{at}",
            type="track",
            event="Order Completed",
            anonymous_id="stranger" if at == 3 else "laptop",
            user_id="user-7" if at == 1 else None,
            properties={"total": at},
            received_at=moment,
            timestamp=moment,
        )
        for at, moment in enumerate(times)
    ]
    create_table("identity")
    table = StreamingTable(DynamoTable(client, "identity"))
    run(events, table, Random(1), max_users=5)
    changes = log_all(table.stream, table)
    arrive(changes, events[:1], sequence="0")
    compact(changes, tmp_path)
    arrive(changes, events[1:], at=now)
    lake = Lake(tmp_path / "lake", store=changes)
    service = AthenaService(lambda: lake)
    with Server(service, 0, log=lambda _: None) as server:
        monkeypatch.setenv("ATHENA_ENDPOINT", server.url)
        yield events


@pytest.mark.enable_socket
@pytest.mark.parametrize(("asked", "messages"), [("", ["m2", "m1"]), ("1", ["m2"]), ("0", None)])
def test_the_events_of_the_last_days_come_from_the_lake_when_asked_for(
    asked: str, messages: list[str] | None, lake: list[StoredEvent]
) -> None:
    status, person = ask(f"/v1/people/user-7?events={asked}")

    assert status == 200
    if messages is None:
        assert "events" not in person
        return
    assert [event["messageId"] for event in person["events"]] == messages
    newest = lake[2]
    assert person["events"][0] == {
        "messageId": "m2",
        "type": "track",
        "event": "Order Completed",
        "name": None,
        "timestamp": to_iso(newest.timestamp),
        "receivedAt": to_iso(newest.received_at),
        "sourceId": newest.source.id,
        "userId": None,
        "anonymousId": "laptop",
        "pageUrl": None,
        "properties": {"total": 2},
    }


@pytest.mark.enable_socket
@pytest.mark.usefixtures("shop")
def test_a_lake_that_does_not_answer_leaves_the_profile_and_says_so(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("ATHENA_ENDPOINT", "http://127.0.0.1:9")

    status, person = ask("/v1/people/user-7?events=5")

    assert status == 200
    assert person.pop("eventsFault") == "Athena StartQueryExecution failed: EndpointConnectionError"
    assert person == JANE | {"userIds": ["user-7", "user-6"], "events": None}
