"""A running stack leaves its addresses behind, whole; without one the way to start it is named."""

import json
from dataclasses import asdict, replace
from pathlib import Path

import pytest

from local.endpoints import Endpoints, NotUpError, aws_environment

ENDPOINTS = Endpoints(
    site="http://127.0.0.1:8787",
    collector="http://127.0.0.1:4001",
    api="http://127.0.0.1:4000/_aws/execute-api/abc/$default",
    prefix="/ev",
    write_key="browser",
    server_key="server",
    origin_secret="an-origin-secret",
    bucket="bucket",
    stream="stream",
    tables={"identity": "table"},
    queue="http://127.0.0.1:4000/000000000000/deliveries",
    dead_letters="http://127.0.0.1:4000/000000000000/undelivered",
    sink="http://127.0.0.1:4002",
    aws="http://127.0.0.1:4000",
    athena="http://127.0.0.1:4003",
    console="http://127.0.0.1:4004",
    functions={"collector": "stack-Collector-1"},
    database="headwater",
    workgroup="stack",
)


def test_what_one_command_saves_another_loads(tmp_path: Path) -> None:
    file = tmp_path / "state" / "endpoints.json"

    ENDPOINTS.save(file)

    assert Endpoints.load(file) == ENDPOINTS
    assert json.loads(file.read_text()) == asdict(ENDPOINTS)


def test_saving_again_replaces_the_file_and_leaves_no_part_of_it(tmp_path: Path) -> None:
    file = tmp_path / "endpoints.json"
    ENDPOINTS.save(file)

    moved = replace(ENDPOINTS, site="http://127.0.0.1:8788")
    moved.save(file)

    assert Endpoints.load(file) == moved
    assert list(tmp_path.iterdir()) == [file]


def test_without_a_stack_the_command_that_starts_one_is_named(tmp_path: Path) -> None:
    with pytest.raises(NotUpError, match="make up"):
        Endpoints.load(tmp_path / "endpoints.json")


def test_of_an_older_stack_it_is_said_what_its_file_lacks(tmp_path: Path) -> None:
    file = tmp_path / "endpoints.json"
    written = asdict(ENDPOINTS)
    del written["dead_letters"]
    file.write_text(json.dumps(written))

    with pytest.raises(NotUpError, match=r"older version .* lacks dead_letters.*make down"):
        Endpoints.load(file)


def test_no_setting_of_a_real_account_reaches_a_local_process(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("AWS_PROFILE", "production")
    monkeypatch.setenv("AWS_SESSION_TOKEN", "real")
    monkeypatch.setenv("PATH", "/bin")

    environment = aws_environment("http://127.0.0.1:4000")

    assert {name for name in environment if name.startswith("AWS_")} == {
        "AWS_ENDPOINT_URL",
        "AWS_DEFAULT_REGION",
        "AWS_REGION",
        "AWS_ACCESS_KEY_ID",
        "AWS_SECRET_ACCESS_KEY",
        "AWS_CONFIG_FILE",
        "AWS_SHARED_CREDENTIALS_FILE",
        "AWS_EC2_METADATA_DISABLED",
    }
    assert environment["AWS_ENDPOINT_URL"] == "http://127.0.0.1:4000"
    assert environment["PATH"] == "/bin"
