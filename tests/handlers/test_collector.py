"""The collector's handler: API Gateway's events in, its responses out, one line in the log."""

import gzip
import json
from base64 import b64decode
from collections.abc import Callable, Iterator
from io import StringIO
from logging import StreamHandler
from pathlib import Path
from typing import Any, TextIO, cast

import boto3
import orjson
import pytest
from collector import app
from headwater.workspace import load
from moto import mock_aws

from tests.examples import NOON
from tests.fakes import MemoryStore, MemoryStream, RefusingStore
from tests.vendor import reply, reset, vendor

_EVENTS = Path(__file__).parents[2] / "events" / "collector"

Respond = Callable[[str], dict[str, Any]]


def an_event(name: str) -> dict[str, Any]:
    event: dict[str, Any] = json.loads((_EVENTS / f"{name}.json").read_text())
    return event


@pytest.fixture
def stream() -> MemoryStream:
    return MemoryStream()


@pytest.fixture
def respond(stream: MemoryStream) -> Respond:
    adapters = app.Adapters(load("demo"), stream, MemoryStore())
    return lambda name: app.respond(an_event(name), adapters, now=NOON)


@pytest.mark.parametrize(
    ("name", "status", "lines"),
    [
        ("track", 200, 1),
        ("identify", 200, 1),
        ("batch", 200, 3),
        ("gzip", 200, 3),
        ("beacon", 200, 1),
        ("pixel", 200, 1),
        ("rejected", 400, 1),
        ("gzip_mangled", 400, 0),
        ("bad_json", 400, 0),
        ("no_key", 400, 0),
        ("server_key_in_browser", 403, 0),
        ("options", 204, 0),
        ("settings", 200, 0),
        ("health", 200, 0),
    ],
)
def test_every_recorded_invocation_has_its_answer(
    respond: Respond, stream: MemoryStream, name: str, status: int, lines: int
) -> None:
    response = respond(name)

    assert (response["statusCode"], len(stream.lines)) == (status, lines)
    assert response["headers"]["cache-control"] == "no-store"


def test_every_invocation_that_is_kept_is_tried() -> None:
    (cases,) = (
        mark
        for mark in getattr(test_every_recorded_invocation_has_its_answer, "pytestmark", [])
        if mark.name == "parametrize"
    )

    assert {name for name, _, _ in cases.args[1]} == {path.stem for path in _EVENTS.glob("*.json")}


def test_a_browsers_event_comes_from_the_address_of_its_connection(
    respond: Respond, stream: MemoryStream
) -> None:
    respond("track")

    stored = orjson.loads(stream.lines[0])
    assert stored["context"]["ip"] == "203.0.113.66"
    assert stored["timestamp"] == "2026-03-01T11:59:59.900Z"


def test_an_image_comes_back_as_bytes(respond: Respond) -> None:
    response = respond("pixel")

    assert response["isBase64Encoded"] is True
    assert response["body"].startswith("R0lGODlh")
    assert response["headers"]["content-type"] == "image/gif"


def test_the_settings_name_the_page_that_asked(respond: Respond) -> None:
    document = json.loads(respond("settings")["body"])

    assert document["integrations"]["Segment.io"]["apiHost"] == "localhost:8787/ev/v1"


def test_a_request_is_one_line_that_names_nobody(respond: Respond) -> None:
    handler = cast("StreamHandler[TextIO]", app.logger.registered_handler)
    stdout = handler.setStream(log := StringIO())
    respond("batch")
    handler.setStream(cast("TextIO", stdout))

    (line,) = log.getvalue().splitlines()
    logged = json.loads(line)
    metrics = [metric["Name"] for metric in logged["_aws"]["CloudWatchMetrics"][0]["Metrics"]]
    assert {name: logged[name] for name in metrics} == {
        "Accepted": 2,
        "Rejected": 1,
    }
    assert logged["body_bytes"] == len(an_event("batch")["body"])
    assert (logged["service"], logged["status"], logged["source"]) == (
        "collector",
        200,
        "shop-server",
    )
    assert logged["rejected"] == {"event_not_defined": 1}
    assert logged["violations"] == {"Unplanned Event": 1, "Unplanned Trait": 1}
    for personal in ("203.0.113.66", "user-42", "Order Shipped", "demo-server-key", "python/2.4"):
        assert personal not in line


def test_when_nothing_can_be_stored_the_answer_says_when_to_come_back() -> None:
    adapters = app.Adapters(load("demo"), MemoryStream(down=True), RefusingStore())

    response = app.respond(an_event("track"), adapters, now=NOON)

    assert (response["statusCode"], response["headers"]["retry-after"]) == (503, "30")


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    """What Lambda sets; an execution environment of its own for each test."""
    for name, value in {
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_DEFAULT_REGION": "us-east-1",
        "WORKSPACE": "demo",
        "STREAM_NAME": "events",
        "COOKIE_KEYS": "cookie-keys",
        "SALTS_TABLE": "salts",
        "BUCKET_NAME": "lake",
    }.items():
        monkeypatch.setenv(name, value)
    app.adapters.cache_clear()
    yield monkeypatch
    app.adapters.cache_clear()


@pytest.mark.enable_socket
def test_the_handler_builds_its_adapters_from_the_environment(
    environment: pytest.MonkeyPatch,
) -> None:
    acknowledged = b'{"FailedRecordCount":0,"Records":[{"SequenceNumber":"1","ShardId":"s"}]}'
    with vendor(lambda _, connection, __: reply(connection, 200, acknowledged)) as kinesis:
        environment.setenv("AWS_ENDPOINT_URL_KINESIS", kinesis.url)

        response = app.handler(an_event("track"), None)

    (put,) = kinesis.asked
    (record,) = orjson.loads(put.body)["Records"]
    assert (response["statusCode"], response["body"]) == (200, '{"success":true}')
    assert orjson.loads(put.body)["StreamName"] == "events"
    assert orjson.loads(b64decode(record["Data"]))["event"] == "Product Viewed"


@pytest.mark.enable_socket
def test_without_kinesis_the_handler_commits_to_the_bucket(environment: pytest.MonkeyPatch) -> None:
    with mock_aws(), vendor(lambda _, connection, __: reset(connection)) as kinesis:
        environment.setenv("AWS_ENDPOINT_URL_KINESIS", kinesis.url)
        bucket = boto3.client("s3")
        bucket.create_bucket(Bucket="lake")

        response = app.handler(an_event("track"), None)

        (spilled,) = bucket.list_objects_v2(Bucket="lake")["Contents"]
        lines = bucket.get_object(Bucket="lake", Key=spilled["Key"])["Body"].read()

    assert (response["statusCode"], response["body"]) == (200, '{"success":true}')
    assert spilled["Key"].startswith("spill/")
    assert orjson.loads(gzip.decompress(lines))["event"] == "Product Viewed"
