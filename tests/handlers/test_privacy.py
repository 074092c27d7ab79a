"""The privacy requests' door on a real invocation payload, against moto's bucket."""

import copy
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto import mock_aws
from privacy import app

DELETE: dict[str, Any] = json.loads(Path("events/privacy/delete.json").read_text())


@pytest.fixture(autouse=True)
def bucket(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    for name, value in {
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_DEFAULT_REGION": "us-east-1",
        "WORKSPACE": "demo",
        "BUCKET_NAME": "lake",
    }.items():
        monkeypatch.setenv(name, value)
    with mock_aws():
        client = boto3.client("s3")
        client.create_bucket(Bucket="lake")
        app._outside.cache_clear()
        yield client
        app._outside.cache_clear()


def ask(body: Any, path: str = "", **headers: str) -> tuple[int, dict[str, Any]]:
    event = copy.deepcopy(DELETE)
    event["body"] = body if isinstance(body, str) else json.dumps(body)
    if path:
        event["rawPath"] = path
        event["requestContext"]["http"]["method"] = "GET"
    event["headers"] |= headers
    answer = app.handler(event, None)
    return answer["statusCode"], json.loads(answer["body"])


def kept(bucket: Any) -> list[dict[str, Any]]:
    listed = bucket.list_objects_v2(Bucket="lake", Prefix="deletions/requests/")
    return [
        json.loads(bucket.get_object(Bucket="lake", Key=each["Key"])["Body"].read())
        for each in listed.get("Contents", ())
    ]


def test_a_request_is_written_down_and_can_be_asked_for(bucket: Any) -> None:
    status, body = ask({"kind": "delete", "userId": "user-7", "confirm": True})

    (request,) = body["requests"]
    assert status == 202
    (job,) = kept(bucket)
    assert (job["id"], job["kind"], job["asked"]) == (request, "delete", "user-7")
    status, told = ask("", f"/v1/privacy/requests/{request}")
    assert (status, told["status"], told["kind"]) == (200, "received", "delete")
    assert "user-7" not in json.dumps(told)
    assert ask("", "/v1/privacy/requests/" + "0" * 32)[0] == 404
    assert ask("", "/v1/privacy/requests/../../raw/x")[0] == 404


def test_segments_regulations_are_understood(bucket: Any) -> None:
    regulation = {
        "regulationType": "SUPPRESS_WITH_DELETE",
        "subjectType": "USER_ID",
        "subjectIds": ["user-7", "user-8", 9],
        "confirm": True,
    }

    status, body = ask(regulation)

    assert (status, len(body["requests"])) == (202, 3)
    assert {(job["kind"], job["asked"]) for job in kept(bucket)} == {
        ("suppress-with-delete", id_) for id_ in ("user-7", "user-8", "9")
    }


def test_the_answer_does_not_tell_who_is_known(bucket: Any) -> None:
    """Nobody is looked up: the role has no table (template), and the answers differ by their number only."""
    answers = [ask({"kind": "suppress", "userId": id_}) for id_ in ("user-7", "never-seen")]

    assert len({(status, tuple(body), len(body["requests"])) for status, body in answers}) == 1


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"authorization": ""}, 401),
        ({"authorization": "", "x-write-key": "never-issued"}, 401),
        ({"authorization": "", "x-write-key": "demoBrowserKey000000000000000001"}, 403),
        ({"origin": "https://shop.example"}, 403),
    ],
)
def test_only_servers_ask(headers: dict[str, str], status: int, bucket: Any) -> None:
    assert ask({"kind": "suppress", "userId": "user-7"}, **headers)[0] == status
    assert ask("", "/v1/privacy/requests/" + "0" * 32, **headers)[0] == status
    assert kept(bucket) == []


@pytest.mark.parametrize(
    "body",
    [
        "no json",
        "[]",
        "{}",
        {"kind": "forget", "userId": "user-7"},
        {"kind": ["delete"], "userId": "user-7"},
        {"kind": "delete", "userId": "user-7"},
        {"kind": "delete", "userId": "user-7", "confirm": "yes"},
        {"kind": "suppress"},
        {"kind": "suppress", "userId": "undefined"},
        {"kind": "suppress", "userId": {"a": 1}},
        {"kind": "suppress", "userId": "user-7", "anonymousId": "device-7"},
        {"regulationType": "SUPPRESS_ONLY", "subjectType": "USER_ID", "subjectIds": [None]},
        {"regulationType": "SUPPRESS_ONLY", "subjectType": "USER_ID", "subjectIds": ["u"] * 101},
        json.dumps({"kind": "suppress", "userId": "user-7", "x": "y" * 70_000}),
    ],
)
def test_what_cannot_be_read_is_refused_whole(body: Any, bucket: Any) -> None:
    status, answer = ask(body)

    assert (status, answer["success"]) == (400, False)
    assert kept(bucket) == []


def test_a_bucket_that_does_not_answer_is_a_503_that_names_nobody(bucket: Any) -> None:
    bucket.delete_bucket(Bucket="lake")

    status, answer = ask({"kind": "suppress", "userId": "user-7"})

    assert (status, answer["code"]) == (503, "unavailable")
    assert "user-7" not in json.dumps(answer)
