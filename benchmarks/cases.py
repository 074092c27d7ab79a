"""What is measured by the process clock: the collector's requests, and their floors with the same bytes."""

import random
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from typing import Any

import orjson
from collector import app
from headwater.adapters.kinesis import KinesisStream
from headwater.adapters.put_records import put_records_client
from headwater.destination import Destination
from headwater.destinations import DESTINATIONS, check
from headwater.enrichments.tracking_plan import tracking_plan
from headwater.identity.fold import fold
from headwater.identity.lines import Record, read_lines
from headwater.ports import StreamRecord
from headwater.record import SourceReference, StoredEvent
from headwater.stitch import parse
from headwater.wire.request import Received

from benchmarks import enrichments, invocations
from benchmarks.handlers import boto3_put, collector_on_boto3, pass_through, signed_put
from benchmarks.measure import Case

Invocation = Mapping[str, Any]


@dataclass(frozen=True)
class Row:
    """A figure of ours: its case, the case that is its floor, and the design's bar in milliseconds.

    `floor_name` says what the floor is; `bar` holds where boto3's put takes 0.71 ms (design 14).
    """

    name: str
    case: Case
    floor: Case
    floor_name: str
    bar: float | None = None


class _Listening:
    """`ports.Stream` that takes everything at once, and remembers the last records it took."""

    def __init__(self) -> None:
        self.records: Sequence[StreamRecord] = ()

    def append(self, records: Sequence[StreamRecord]) -> Sequence[StreamRecord]:
        self.records = records
        return ()


def rows(environ: Mapping[str, str]) -> Iterator[Row]:
    """Make every row; the collector's and the floors' clients are built from the environment."""
    single = invocations.single_events()
    whole, in_whole = invocations.whole_body()
    sizes: tuple[tuple[str, Callable[[], Invocation], int, float | None, float | None], ...] = (
        ("one event", lambda: next(single), 1, 1.0, 0.6),
        ("a batch of 20", invocations.batches(20).__next__, 20, 0.10, 0.10),
        ("a batch of 100", invocations.batches(100).__next__, 100, 0.04, 0.04),
        (f"500 KB, {in_whole} events", lambda: whole, in_whole, None, None),
    )
    for name, invocation, events, on_boto3, on_lean in sizes:
        yield from _collector(name, invocation, events, on_boto3, on_lean, environ)
    yield from _enrichments()
    yield from _tracking_plan()
    yield from _stitcher()
    yield from _destinations()


def _collector(
    name: str,
    invocation: Callable[[], Invocation],
    events: int,
    bar_on_boto3: float | None,
    bar_on_lean: float | None,
    environ: Mapping[str, str],
) -> Iterator[Row]:
    listening = _Listening()
    alone = replace(app.adapters(), stream=listening)
    lean = replace(app.adapters(), stream=_stream(environ))
    _answered(app.respond(invocation(), alone, now=datetime.now(UTC)))
    sent = [record.data for record in listening.records]

    yield Row(
        f"{name}, lean put",
        Case(f"{name}, lean", _respond(invocation, lean), events),
        Case(f"{name}, signed put", lambda: signed_put.put(sent), events),
        "signed put",
        bar_on_lean,
    )
    yield Row(
        f"{name}, boto3's put",
        Case(f"{name}, boto3", _respond(invocation, collector_on_boto3.adapters()), events),
        Case(f"{name}, boto3's own put", lambda: boto3_put.put(sent), events),
        "boto3's put",
        bar_on_boto3,
    )
    yield Row(
        f"{name}, nothing put",
        Case(f"{name}, nothing put", _respond(invocation, alone), events),
        Case(f"{name}, passed through", lambda: pass_through.handler(invocation(), None), events),
        "pass-through",
    )


def _stream(environ: Mapping[str, str]) -> KinesisStream:
    return KinesisStream(
        put_records_client(environ, now=lambda: datetime.now(UTC), timeout_seconds=1),
        "stream",
        sleep=time.sleep,
        monotonic=time.monotonic,
        random=random.random,
    )


def _respond(invocation: Callable[[], Invocation], means: app.Adapters) -> Callable[[], object]:
    return lambda: app.respond(invocation(), means, now=datetime.now(UTC))


def _answered(response: Mapping[str, Any]) -> None:
    if response["statusCode"] != 200:
        raise RuntimeError(f"the collector refused a benchmark's own request: {response}")


def _enrichments() -> Iterator[Row]:
    """Every step by itself, on a visitor's landing; the tracking plan has its own rows."""
    for name, case, floor in enrichments.steps(None):
        yield Row(f"enrichment: {name}", case, floor, "the line written", 0.02)


def _tracking_plan() -> Iterator[Row]:
    """The step on the demo's plan: an order of four products as planned, and one that is not."""
    workspace = app.adapters().workspace
    received = Received(
        at=datetime.now(UTC),
        source=SourceReference("shop-web", "browser"),
        request_id="bench",
        plan=workspace.plan_of(workspace.sources[0]),
    )
    listed = StoredEvent.from_json(orjson.loads(_stored_lines(1)[0]))
    products = [
        {
            "product_id": f"p-{at}",
            "name": "Runner",
            "price": 99.5,
            "currency": "EUR",
            "position": at,
        }
        for at in range(1, 5)
    ]
    planned = replace(
        listed,
        event="Product List Viewed",
        properties={"list_id": "home", "category": "Shoes", "products": products},
        violations=(),
    )
    violating = replace(planned, properties={**planned.properties, "list_id": 7})
    for name, event, bar in (("as planned", planned, 0.02), ("with a violation", violating, None)):
        yield Row(
            f"tracking plan: {name}",
            Case(f"plan, {name}", partial(tracking_plan, event, received), 1),
            Case(f"plan, {name}, orjson", event.to_line, 1),
            "the line written",
            bar,
        )


def _stitcher() -> Iterator[Row]:
    lines = _stored_lines(100)
    records = [Record(f"shard:{at}", str(at), line) for at, line in enumerate(lines)]
    configured = check(app.adapters().workspace)

    def parse_and_fold() -> None:
        parsed, _ = read_lines(records, lambda line: parse(line, configured))
        fold((one.first, one.said.links) for one in parsed)

    yield Row(
        "stitcher: parse and fold",
        Case("parse and fold", parse_and_fold, len(lines)),
        Case("orjson reads a line", lambda: [orjson.loads(line) for line in lines], len(lines)),
        "orjson.loads",
        0.04,
    )


def _destinations() -> Iterator[Row]:
    events = [StoredEvent.from_json(orjson.loads(line)) for line in _stored_lines(100)]
    written = [event.to_json() for event in events]
    for slug, settings in _SETTINGS.items():
        sheet: Destination[Any] = DESTINATIONS[slug]
        yield Row(
            f"destination: {slug}",
            Case(slug, _map(sheet, sheet.settings.model_validate(settings), events), len(events)),
            Case(
                f"{slug}, orjson", lambda: [orjson.dumps(event) for event in written], len(events)
            ),
            "orjson.dumps",
            0.03,
        )


_SETTINGS: Mapping[str, Mapping[str, Any]] = {
    "webhook": {"url": "https://hooks.example.com/in", "shared_secret": "s" * 40},
    "segment_relay": {"write_key": "k" * 32},
}


def _map(
    sheet: Destination[Any], settings: Any, events: Sequence[StoredEvent]
) -> Callable[[], object]:
    return lambda: [sheet.build(event, settings) for event in events]


def _stored_lines(count: int) -> list[bytes]:
    listening = _Listening()
    means = replace(app.adapters(), stream=listening)
    lines: list[bytes] = []
    for _, invocation in zip(range(count), invocations.single_events(count), strict=False):
        app.respond(invocation, means, now=datetime.now(UTC))
        lines.extend(record.data.rstrip(b"\n") for record in listening.records)
    return lines
