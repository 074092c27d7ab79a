"""What is logged: a small line a request, ten metrics in all, and nobody's name (see conftest)."""

import ast
import importlib
import json
import logging
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from aws_lambda_powertools.logging.formatter import LambdaPowertoolsFormatter
from collector import app
from collector.log_formatter import RequestLines
from headwater.metrics import UNITS, embedded
from headwater.workspace import load

from tests.fakes import MemoryStore, MemoryStream
from tests.handlers.conftest import FUNCTIONS, PERSONAL, Net

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
LARGEST_BYTES = 700


@pytest.mark.parametrize(
    "private",
    ["ada@example.com", "203.0.113.66", "user-42", "device-1", "msg-1", "message-1", "u1"],
)
def test_a_line_that_names_somebody_is_seen(private: str) -> None:
    assert PERSONAL.search(json.dumps({"key": private}))


@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_handler_logs_under_its_name(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")

    assert importlib.import_module(f"{name}.app").logger.service == name


@pytest.mark.parametrize("name", ["track", "batch", "pixel", "identify", "settings"])
def test_a_requests_line_is_small(name: str, logged: Net, monkeypatch: pytest.MonkeyPatch) -> None:
    # What Lambda sets and the longest stack name that CloudFormation's functions leave room for.
    monkeypatch.setenv(
        "_X_AMZN_TRACE_ID", "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8"
    )
    event: dict[str, Any] = json.loads(Path(f"events/collector/{name}.json").read_text())
    event["requestContext"]["requestId"] = "JKJaXmPLvHcESHA="
    means = app.Adapters(
        load("demo"),
        MemoryStream(),
        MemoryStore(),
        metrics_namespace="headwater-production-of-a-long-name",
    )

    app.respond(event, means, now=NOON)

    (line,) = logged.lines
    assert len(line) < LARGEST_BYTES


@pytest.mark.parametrize("trace", ["", "Root=1-5759e988-bd862e3fe1be46a994272793;Sampled=0"])
@pytest.mark.parametrize("broken", [False, True])
def test_a_requests_line_is_as_powertools_writes_it(
    trace: str, broken: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("_X_AMZN_TRACE_ID", trace)
    fields = {"Accepted": 2, "status": 200, "source": None, "rejected": {"unplanned_event": 1}}
    record = logging.LogRecord("collector", logging.INFO, "app.py", 1, "request", (), None)
    record.__dict__.update(fields)
    if broken:
        try:
            int("no number")
        except ValueError:
            record.exc_info = sys.exc_info()
    ours, theirs = RequestLines(), LambdaPowertoolsFormatter()
    for formatter in (ours, theirs):
        formatter.append_keys(service="collector", location=None)

    assert json.loads(ours.format(record)) == json.loads(theirs.format(record))


def test_a_request_without_events_carries_no_metric(logged: Net) -> None:
    event = json.loads(Path("events/collector/settings.json").read_text())

    app.respond(event, app.Adapters(load("demo"), MemoryStream(), MemoryStore()), now=NOON)

    assert "_aws" not in json.loads(logged.lines[0])


def test_there_are_ten_metrics_at_most_and_each_is_written_by_some_handler() -> None:
    sources = [ast.parse(path.read_text()) for path in Path("functions").glob("*/*.py")]
    written = {
        node.value
        for source in sources
        for node in ast.walk(source)
        if isinstance(node, ast.Constant) and node.value in UNITS
    }

    assert len(UNITS) <= 10
    assert written == set(UNITS)


def test_metrics_have_no_dimension_and_zero_counts_are_left_out() -> None:
    fields = embedded(
        {"Accepted": 2, "Rejected": 0, "LandedAge": 0.0}, namespace="headwater-test", at=NOON
    )

    assert fields == {
        "_aws": {
            "Timestamp": 1772366400000,
            "CloudWatchMetrics": [
                {
                    "Namespace": "headwater-test",
                    "Dimensions": [[]],
                    "Metrics": [{"Name": "Accepted"}, {"Name": "LandedAge", "Unit": "Seconds"}],
                }
            ],
        },
        "Accepted": 2,
        "LandedAge": 0.0,
    }
