"""The profile read's handler on a real invocation payload, against moto's DynamoDB."""

import copy
import json
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import boto3
import pytest
from headwater.adapters.dynamodb import DynamoTable
from headwater.ids import person_of_user
from moto import mock_aws
from people import app

from tests.dynamodb_tables import create_table
from tests.identity.stored import stored
from tests.identity.tables import StreamingTable, log_all, run

ASKS: dict[str, Any] = json.loads(Path("events/people/user.json").read_text())


@pytest.fixture(autouse=True)
def client(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.setenv("WORKSPACE", "demo")
    monkeypatch.setenv("IDENTITY_TABLE", "identity")
    with mock_aws():
        app._outside.cache_clear()
        yield boto3.client("dynamodb")
        app._outside.cache_clear()


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
