"""The collector's handler against inputs that climb: towards lines not run yet, and towards memory.

A fixed, seeded number of them; `FUZZ=50` tries fifty times as many, at random.
"""

import gc
import json
import os
import tracemalloc
from typing import Any

import orjson
from collector import app
from hypothesis import HealthCheck, given, settings, target
from hypothesis import strategies as st

from tests.examples import NOON, a_workspace
from tests.fakes import MemoryStore, MemoryStream
from tests.fuzz.coverage import lines_run
from tests.fuzz.hostile import BASIC, bodies, extremes, headers, paths, values, written
from tests.handlers.gateway import invocation

_WORKSPACE = a_workspace()
_TIMES = int(os.environ.get("FUZZ", "0"))


def tried(examples: int) -> settings:
    """So many examples and always the same ones, or `FUZZ` times as many and new ones each time."""
    return settings(
        max_examples=examples * (_TIMES or 1),
        derandomize=not _TIMES,
        database=None,
        suppress_health_check=list(HealthCheck),
    )


def answered(
    path: str, sent: dict[str, str], body: bytes, *, method: str = "POST"
) -> tuple[dict[str, Any], MemoryStream]:
    stream = MemoryStream()
    adapters = app.Adapters(_WORKSPACE, stream, MemoryStore())
    return app.respond(invocation(method, path, sent, body), adapters, now=NOON), stream


@tried(400)
@given(st.sampled_from(["POST", "POST", "POST", "GET", "OPTIONS"]), paths, headers, bodies())
def test_no_request_fails_and_nothing_is_stored_that_is_no_event(
    method: str, path: str, sent: dict[str, str], body: bytes
) -> None:
    with lines_run() as lines:
        response, stream = answered(path, sent, body, method=method)

    target(float(len(lines)), label="lines run")
    assert response["statusCode"] in (200, 204, 400, 403, 404, 405)
    assert len(response["body"]) < 1_000_000
    for line in stream.lines:
        stored = orjson.loads(line.removeprefix(b"!"))
        assert not secrets(stored.get("original", stored))
        assert stored["receivedAt"] == "2026-03-01T12:00:00.000Z"
        assert len(line) < 900_000


def secrets(event: Any) -> bool:
    """Say whether an event, or one of the batch that it wrongly is, kept its key or token."""
    if not isinstance(event, dict):
        return False
    context, batch = event.get("context"), event.get("batch")
    return (
        "writeKey" in event
        or (isinstance(context, dict) and "userToken" in context)
        or (isinstance(batch, list) and any(secrets(inner) for inner in batch))
    )


def a_good_event(number: int) -> dict[str, Any]:
    return {
        "type": "track",
        "messageId": f"good-{number}",
        "anonymousId": "device-1",
        "event": "Boots Tried",
        "properties": {"size": 42, "url": "https://shop.example/boots?utm_source=mail"},
        "timestamp": "2026-03-01T11:59:00.000Z",
    }


def stored(batch: list[Any]) -> tuple[list[bytes], Any]:
    body = written({"batch": batch, "sentAt": "2026-03-01T12:00:00.000Z"})
    response, stream = answered("/v1/batch", {"authorization": BASIC}, body)
    good = [line for line in stream.lines if b'"messageId":"good-' in line and line[:1] == b"{"]
    return good, json.loads(response["body"])


@tried(300)
@given(
    st.integers(1, 4),
    st.lists(st.tuples(st.integers(0, 4), extremes | values), min_size=1, max_size=6),
)
def test_hostile_neighbours_change_nothing_about_the_good_events_of_a_batch(
    good: int, hostile: list[tuple[int, Any]]
) -> None:
    alone = [a_good_event(number) for number in range(good)]
    among: list[Any] = list(alone)
    for at, item in hostile:
        among.insert(min(at, len(among)), item)
    # What is no JSON is no batch either: not one event of it can be read.
    if any(constant in written(among) for constant in (b"NaN", b"Infinity")):
        return

    lines, receipt = stored(among)

    assert lines == stored(alone)[0]
    assert len(lines) == good
    assert receipt["success"] is True
    assert not [fault for fault in receipt["rejected"] if among[fault["index"]] in alone]


@tried(12)
@given(
    extremes,
    st.sampled_from(["properties", "context", "traits", "integrations", "type", "userId"]),
    st.integers(1, 2_500),
    st.booleans(),
)
def test_no_batch_takes_more_memory_than_a_few_dozen_times_its_bytes(
    value: Any, name: str, events: int, shared: bool
) -> None:
    item = {"type": "track", "event": "E", "userId": "u"}
    of_one = len(written({**item, name: value})) + 2
    count = min(events, 500_000 // of_one)
    envelope = {name: value} if shared else {}
    body = written({"batch": [item if shared else {**item, name: value}] * count, **envelope})
    gc.collect()
    tracemalloc.start()

    response, _ = answered("/v1/batch", {"authorization": BASIC}, body)

    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    target(float(peak), label="bytes at the peak")
    assert response["statusCode"] in (200, 400)
    assert peak < 32_000_000
