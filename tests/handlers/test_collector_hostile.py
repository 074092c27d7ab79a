"""Hostile and malformed requests, through the handler: each meets its class, and none a 5xx."""

import base64
import gzip
import json
import time
import tracemalloc
from pathlib import Path
from typing import Any

import orjson
import pytest
from collector import app
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.examples import BROWSER_KEY, NOON, a_workspace
from tests.fakes import MemoryStore, MemoryStream
from tests.handlers.gateway import invocation

_LINES = (Path(__file__).parents[1] / "fixtures" / "bad-input" / "cases.jsonl").read_text()
_CASES: list[dict[str, Any]] = [json.loads(line) for line in _LINES.splitlines()]
_BASIC = "Basic " + base64.b64encode(f"{BROWSER_KEY}:".encode()).decode()


def filled(text: str) -> str:
    return text.replace("{{writeKey}}", BROWSER_KEY).replace("{{basicAuth}}", _BASIC)


def answered(
    method: str, path: str, headers: dict[str, str], body: bytes
) -> tuple[dict[str, Any], MemoryStream]:
    stream = MemoryStream()
    adapters = app.Adapters(a_workspace(), stream, MemoryStore())
    event = invocation(method, path, headers, body)
    return app.respond(event, adapters, now=NOON), stream


def case(each: dict[str, Any]) -> Any:
    return pytest.param(each, id=f"{each['id']} {each['group']}")


@pytest.mark.parametrize("each", [case(each) for each in _CASES])
def test_every_case_meets_its_class(each: dict[str, Any]) -> None:
    body = (
        base64.b64decode(each["body_b64"])
        if "body_b64" in each
        else filled(each.get("body") or "").encode()
    )
    headers = {name: filled(value) for name, value in each["headers"].items()}
    started = time.process_time()

    response, stream = answered(each["method"], filled(each["path"]), headers, body)

    status = response["statusCode"]
    classes = {
        "accept": 200 <= status < 300,
        "accept_partial": 200 <= status < 300 and any(line[:1] == b"{" for line in stream.lines),
        "reject_4xx": 400 <= status < 500,
        "never_5xx": status < 500,
    }
    assert classes[each["expect"]], response
    assert status not in (301, 302, 307, 308, 408, 410, 413, 429)
    assert time.process_time() - started < 2
    for line in stream.lines:
        stored = orjson.loads(line.removeprefix(b"!"))
        assert stored["receivedAt"] == "2026-03-01T12:00:00.000Z"
        assert BROWSER_KEY.encode() not in line
    assert not [name for name in response["headers"] if name in ("location", "set-cookie")]


_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=6),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                [
                    "type",
                    "userId",
                    "anonymousId",
                    "event",
                    "properties",
                    "traits",
                    "context",
                    "page",
                    "url",
                    "search",
                    "campaign",
                    "integrations",
                    "timestamp",
                    "sentAt",
                    "messageId",
                    "userAgent",
                    "ip",
                    "__proto__",
                    "batch",
                ]
            )
            | st.text(max_size=4),
            inner,
            max_size=6,
        )
    ),
    max_leaves=25,
)
_paths = st.sampled_from(
    ["/v1/t", "/ev/v1/page", "/v1/batch", "/v1/i", "/v1/a", "/v1/g", "/api/s/s2s/batch", "/v1/m"]
)


def strict(line: bytes) -> None:
    def refuse(constant: str) -> None:
        raise AssertionError(constant)

    json.loads(line.removeprefix(b"!"), parse_constant=refuse)


@settings(max_examples=300)
@given(_paths, _json, st.lists(_json, max_size=4))
def test_no_json_makes_it_fail_or_stores_what_is_no_json(path: str, body: Any, batch: Any) -> None:
    envelope = {**body, "batch": batch} if isinstance(body, dict) else body
    raw = json.dumps(envelope).encode("utf-8", "surrogatepass")

    response, stream = answered("POST", path, {"authorization": _BASIC}, raw)

    assert response["statusCode"] in (200, 400)
    for line in stream.lines:
        strict(line)


@settings(max_examples=300)
@given(
    st.sampled_from(["GET", "POST", "OPTIONS", "PUT", "HEAD"]),
    st.sampled_from(["/v1/t", "/v1/batch", "/v1/pixel/track?data=", "/ev/v1/projects/"])
    | st.text(max_size=10).map("/".__add__),
    st.text(max_size=20),
    st.dictionaries(
        st.sampled_from(["authorization", "x-write-key", "origin", "cookie", "user-agent", "host"])
        | st.sampled_from(["referer", "access-control-request-headers", "x-ip-policy"]),
        st.text(max_size=30) | st.just(_BASIC),
    ),
    st.binary(max_size=60),
)
def test_no_request_makes_it_fail(
    method: str, path: str, tail: str, headers: dict[str, str], body: bytes
) -> None:
    response, _ = answered(method, path + tail, headers, body)

    assert response["statusCode"] in (200, 204, 400, 404, 405)


_MANY = 2_500
_HUNGRY = {
    "a bomb": gzip.compress(b"\0" * 64_000_000),
    "a bomb in a field": gzip.compress(b'{"event":"' + b"x" * 64_000_000),
    "a batch that shares much": orjson.dumps(
        {"context": {"a": "x" * 30_000}, "batch": [{"type": "track"}] * _MANY}
    ),
    "many tiny events": orjson.dumps({"batch": [{"type": "track"}] * _MANY}),
    "many empty lists": b"[" + b"[]," * 160_000 + b"[]]",
    "an open abyss": b"[" * 500_000,
    "numbers that grow": b'{"n":[' + b"1e15," * 100_000 + b"1]}",
    "one long number": b'{"n":' + b"9" * 500_000 + b"}",
}


@pytest.mark.parametrize("hunger", _HUNGRY)
def test_no_body_takes_more_than_its_share_of_memory(hunger: str) -> None:
    headers = {"authorization": _BASIC, "content-type": "application/octet-stream"}
    path = "/v1/batch" if b"batch" in _HUNGRY[hunger] else "/v1/track"
    answered("POST", path, headers, b"{}")

    tracemalloc.start()
    response, _ = answered("POST", path, headers, _HUNGRY[hunger])
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert response["statusCode"] == 400
    assert peak < (16_000_000 if hunger.startswith("a bomb") else 32_000_000)
