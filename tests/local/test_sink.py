"""The sink records what destinations send, and fails when a test wants it to."""

import gzip
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from local.serving import Request
from local.sink import Sink

NOW = datetime(2026, 3, 1, tzinfo=UTC)


@pytest.fixture
def sink(tmp_path: Path) -> Sink:
    return Sink(tmp_path / "sink.ndjson", clock=lambda: NOW)


def post(sink: Sink, path: str, body: object) -> int:
    return sink(Request("POST", path, (("X-A", "b"),), json.dumps(body).encode())).status


def received(sink: Sink, query: str = "") -> Any:
    return json.loads(sink(Request("GET", f"/_received{query}")).body)


def test_a_delivery_is_recorded_in_memory_and_in_the_file(sink: Sink, tmp_path: Path) -> None:
    assert post(sink, "/webhook", {"event": "Product Viewed"}) == 200

    delivery = {
        "at": "2026-03-01T00:00:00.000+00:00",
        "method": "POST",
        "path": "/webhook",
        "headers": {"x-a": "b"},
        "body": {"event": "Product Viewed"},
        "status": 200,
    }
    assert received(sink) == [delivery]
    assert json.loads((tmp_path / "sink.ndjson").read_text()) == delivery


def test_what_is_no_json_is_recorded_as_text(sink: Sink) -> None:
    sink(Request("PUT", "/x", body=b"\xffhello"))
    sink(Request("GET", "/y"))

    assert [delivery["body"] for delivery in received(sink)] == ["�hello", None]


def test_a_gzipped_delivery_is_recorded_as_what_it_says(sink: Sink) -> None:
    zipped = (("Content-Encoding", "gzip"),)
    sink(Request("POST", "/relay", zipped, gzip.compress(b'{"batch": []}')))
    sink(Request("POST", "/relay", zipped, b"not gzip"))

    assert [delivery["body"] for delivery in received(sink)] == [{"batch": []}, "not gzip"]


def test_it_fails_as_often_as_it_is_told_and_then_recovers(sink: Sink) -> None:
    assert post(sink, "/_mode", {"fail": 2, "status": 429}) == 200

    assert [post(sink, "/webhook", {}) for _ in range(4)] == [429, 429, 200, 200]
    assert [delivery["status"] for delivery in received(sink)] == [429, 429, 200, 200]


def test_it_fails_only_for_what_it_is_told_about(sink: Sink) -> None:
    post(sink, "/_mode", {"fail": 1, "about": "m-2"})

    assert [post(sink, "/", {"messageId": f"m-{n}"}) for n in (1, 2, 2)] == [200, 503, 200]


def test_it_asks_to_be_left_alone_for_as_long_as_it_is_told(sink: Sink) -> None:
    post(sink, "/_mode", {"fail": 1, "status": 429, "retry_after": 2})

    replies = [sink(Request("POST", "/webhook")) for _ in range(2)]
    assert [dict(reply.headers).get("Retry-After") for reply in replies] == ["2", None]


@pytest.mark.parametrize("mode", [{}, {"fail": "often"}, [], None, {"fail": 1, "status": None}])
def test_a_mode_it_does_not_know_changes_nothing(sink: Sink, mode: object) -> None:
    assert post(sink, "/_mode", mode) == 400

    assert post(sink, "/webhook", {}) == 200


def test_a_reader_may_ask_for_what_is_new(sink: Sink) -> None:
    for number in range(3):
        post(sink, f"/{number}", {})

    assert [delivery["path"] for delivery in received(sink, "?after=2")] == ["/2"]


def test_a_reset_forgets_deliveries_and_failures(sink: Sink) -> None:
    post(sink, "/_mode", {"fail": 9})
    post(sink, "/webhook", {})
    post(sink, "/_reset", {})

    assert received(sink) == []
    assert post(sink, "/webhook", {}) == 200
