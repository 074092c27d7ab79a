"""What twenty requests are answered, and where their events are, in every state of the sinks.

`docs/operations.md` shows the rows; they are measured here again, so that the page cannot drift.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from io import StringIO
from logging import StreamHandler
from pathlib import Path
from typing import Any, TextIO, cast
from urllib.parse import urlencode

import pytest
from collector import app
from redriver import app as redriver

from tests.examples import BROWSER_KEY
from tests.faults.lake import Lakehouse, ids, landed
from tests.faults.over_http import Clouded, clouded
from tests.faults.schedule import START, SWEEP_AFTER, Schedule
from tests.handlers.gateway import invocation

pytestmark = pytest.mark.enable_socket

_DOC = Path(__file__).parents[2] / "docs" / "operations.md"
_REQUESTS = 20
_ADDRESS = "192.0.2.77"

# The fault of a service's nth call, counted from 0.
Fault = Callable[[int], str | None]


def never(call: int) -> str | None:
    return None


def always(fault: str) -> Fault:
    return lambda _: fault


def every_other(fault: str, *, calls: int = 9_999) -> Fault:
    return lambda call: fault if call % 2 == 0 and call < calls else None


class Scripted(Schedule):
    """A schedule that leaves nothing to chance: each call has the fault that its service's script says."""

    def __init__(self, **scripts: Fault) -> None:
        super().__init__(0, mortal=False)
        self._scripts = scripts
        self._calls = Counter[str]()

    def fault(self, service: str, faults: Sequence[str], *, refusals: Sequence[str]) -> str | None:
        if self.healthy:
            return None
        call = self._calls[service]
        self._calls[service] += 1
        return self._scripts[service](call)


def a_track(number: int, **fields: Any) -> dict[str, Any]:
    message = {"userId": "u-1", "event": "E", "messageId": f"m-{number}", "type": "track"}
    return {**message, **fields}


def single(number: int, key: str = BROWSER_KEY, **fields: Any) -> dict[str, Any]:
    body = json.dumps({"writeKey": key, **a_track(number, **fields)}).encode()
    return invocation("POST", "/v1/track", {}, body, source_ip=_ADDRESS)


def of_two(number: int) -> dict[str, Any]:
    batch = [a_track(number), a_track(100 + number, event=None)]
    body = json.dumps({"writeKey": BROWSER_KEY, "batch": batch}).encode()
    return invocation("POST", "/v1/batch", {}, body, source_ip=_ADDRESS)


def invalid(number: int) -> dict[str, Any]:
    return single(number, event=None)


def of_a_stranger(number: int) -> dict[str, Any]:
    return single(number, key="nobody-knows-this-key")


def image_of_a_stranger(number: int) -> dict[str, Any]:
    query = urlencode({"writeKey": "nobody-knows-this-key", "userId": "u-1", "event": "E"})
    return invocation("GET", f"/v1/pixel/track?{query}", {}, b"", source_ip=_ADDRESS)


@dataclass(frozen=True)
class State:
    """A state of the sinks, or of the request, in the words of the page."""

    name: str
    request: Callable[[int], dict[str, Any]] = single
    kinesis: Fault = never
    s3: Fault = never


_STATES = (
    State("all is well"),
    State("Kinesis answers 500", kinesis=always("500")),
    State("Kinesis refuses the call: throttled", kinesis=always("limit exceeded")),
    State("Kinesis answers 200, and every record failed", kinesis=always("refused")),
    State("Kinesis fails every other call's records", kinesis=every_other("refused")),
    State(
        "Kinesis answers 200 without saying what became of the records", kinesis=always("nonsense")
    ),
    State("Kinesis resets each connection that is kept idle", kinesis=always("reset while idle")),
    State("Kinesis resets every call", kinesis=always("reset")),
    State(
        "Kinesis takes the records, then no answer comes", kinesis=always("taken, then timed out")
    ),
    State(
        "Kinesis answers 500, and S3 the first time too",
        kinesis=always("500"),
        s3=every_other("500"),
    ),
    State(
        "Kinesis answers 500; S3 writes, then no answer comes, twice",
        kinesis=always("500"),
        s3=every_other("taken, then timed out", calls=4),
    ),
    State("Kinesis and S3 answer 500", kinesis=always("500"), s3=always("500")),
    State("Kinesis and S3 reset every call", kinesis=always("reset"), s3=always("reset")),
    State(
        "Kinesis answers 500, and S3 that another writer is at work",
        kinesis=always("500"),
        s3=always("conflict"),
    ),
    State("the event is invalid", request=invalid),
    State("one event of a batch of two is invalid", request=of_two),
    State("the event is invalid, and Kinesis answers 500", request=invalid, kinesis=always("500")),
    State("the write key is unknown", request=of_a_stranger),
    State("the write key is unknown, on the pixel", request=image_of_a_stranger),
)


@contextmanager
def log() -> Iterator[StringIO]:
    handler = cast("StreamHandler[TextIO]", app.logger.registered_handler)
    stdout = handler.setStream(lines := StringIO())
    try:
        yield lines
    finally:
        handler.setStream(cast("TextIO", stdout))


def measured(state: State, over: Clouded, directory: Path) -> tuple[str, ...]:
    """Send the requests, look, let the redriver, the lander and the compactor run, and look again."""
    schedule = over.faulty.schedule = Scripted(kinesis=state.kinesis, s3=state.s3)
    over.cloud.records.clear()
    over.cloud.objects.clear()
    means = over.collector(schedule)
    with log() as lines:
        answers = [
            app.respond(state.request(number), means, now=schedule.date())
            for number in range(_REQUESTS)
        ]
    assert len(lines.getvalue().splitlines()) == _REQUESTS
    in_stream = len(ids(record.lines for record in over.cloud.records))
    spilled = len(ids(over.cloud.spilled()))

    schedule.healthy = True
    for _ in range(3):  # hours: a busy machine may let one end early
        redriver.sweep(over.redriver(schedule), now=START + SWEEP_AFTER, has_time=lambda: True)
    landed(over.cloud.records, over.store, schedule)
    lake = Lakehouse(over.store, directory)
    lake.compact(schedule)
    rows = lake.parquet()
    assert all(count == 1 for count in rows.values())
    return (
        state.name,
        told(answers),
        places({"the stream": in_stream, "`spill/`": spilled}),
        places({"the lake": len(rows), "`rejected/`": len(lake.rejected())}),
        str(lines.getvalue().count(_ADDRESS)),
    )


def told(answers: Sequence[dict[str, Any]]) -> str:
    """Say which statuses there were, and what came with them that a client heeds."""
    kinds = Counter(
        str(answer["statusCode"])
        + (", come back in 30 s" if answer["headers"].get("retry-after") == "30" else "")
        + (", and which event is invalid" if '"index":1' in answer["body"] else "")
        for answer in answers
    )
    return "; ".join(f"{count} × {kind}" for kind, count in kinds.items())


def places(events: dict[str, int]) -> str:
    return ", ".join(f"{count} in {place}" for place, count in events.items() if count) or "nowhere"


def table(rows: Sequence[Sequence[str]]) -> str:
    heads = (
        "state",
        "answers to 20 requests",
        "where the events are then",
        "after the re-drive, each once",
        "addresses in the log",
    )
    lines = [heads, ["---"] * len(heads), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def test_the_page_says_what_happens_in_every_state_of_the_sinks(tmp_path: Path) -> None:
    with clouded(patience=0.5) as over:
        rows = [
            measured(state, over, tmp_path / str(number)) for number, state in enumerate(_STATES)
        ]

    measured_now = table(rows)
    assert measured_now in _DOC.read_text(), f"docs/operations.md should say:\n{measured_now}"
