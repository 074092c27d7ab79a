"""Weigh an event and time its way, in half a minute on this machine: CPU of the process, no waiting.

The event is analytics-next's, as `make bench` sends it. How far lines shrink is measured on a made-up
day of a shop, because five thousand copies of one message would shrink too well. What identity costs is
a sample of `benchmarks.identity_at_scale`'s month.
"""

import gc
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import mean
from typing import Any

from headwater.lake.compaction import Compactor
from headwater.lake.landing import LandingRecord, land

from benchmarks import identity_at_scale, invocations
from benchmarks.cost.measured import Measured
from benchmarks.measure import Case
from benchmarks.measure import measure as turns
from local.generate.bucket import land_all
from local.generate.directory import DirectoryStore
from local.generate.events import generate
from tests.fakes import MemoryStore, MemoryStream

_UNTIL = datetime(2026, 5, 20, tzinfo=UTC)
_EVENTS_OF_A_DAY = 20_000
_SAMPLE = 50_000  # one person in so many of identity_at_scale's month
# $context's values in the template's access log, of a usual length.
_ACCESS = {
    "requestId": "JKJaXmPLvHcESHA=",
    "requestTimeEpoch": "1795453357604",
    "httpMethod": "POST",
    "status": "200",
    "responseLength": "16",
    "responseLatency": "14",
    "integration.status": "200",
    "integration.latency": "12",
    "error.responseType": "-",
}


def measure(environment: Mapping[str, str], access_log_format: str) -> Measured:
    """Measure all of it; `environment` is what Lambda would set, with a sink to put to."""
    from benchmarks import cases  # its collector reads the environment when it is imported

    collected = _collected()
    timed = _timed(cases, environment)
    gzipped, parquet, compact_ms = _lake()
    reads, writes, stored = _identity()
    return Measured(
        measured_on=f"{datetime.now(UTC):%Y-%m-%d}, {_processor()}, Python {sys.version.split()[0]}",
        **collected,
        access_log_bytes=_access_log_bytes(access_log_format),
        **timed,
        compact_ms=compact_ms,
        compact_start_ms=_compactor_start(),
        gzipped_share=gzipped,
        parquet_share=parquet,
        identity_read_units=reads,
        identity_write_units=writes,
        identity_bytes=stored,
    )


def _collected() -> dict[str, float]:
    """Weigh what one request of one event leaves: line, reply, log."""
    from collector import app

    stream = MemoryStream()
    alone = replace(app.adapters(), stream=stream)
    requests = [one for one, _ in zip(invocations.single_events(), range(200), strict=False)]
    with _captured() as written:
        replies = [app.respond(one, alone, now=datetime.now(UTC)) for one in requests]
    return {
        "stored_line_bytes": mean(len(line) for line in stream.lines),
        "response_bytes": mean(map(_response_bytes, replies)),
        "request_log_bytes": len(written) / len(requests),
    }


def _response_bytes(reply: Mapping[str, Any]) -> int:
    headers = {
        **reply["headers"],
        **{f"Set-Cookie{at}": it for at, it in enumerate(reply.get("cookies", ()))},
    }
    # Status line, date, length, connection and the gateway's own request id come with every reply.
    return (
        180
        + len(reply["body"])
        + sum(len(name) + len(value) + 4 for name, value in headers.items())
    )


def _access_log_bytes(written: str) -> int:
    for name, value in _ACCESS.items():
        written = written.replace(f"$context.{name}", value)
    json.loads(written)
    return len(written)


def _timed(cases: Any, environment: Mapping[str, str]) -> dict[str, float]:
    with _captured():  # making the cases collects some requests
        rows = {row.name: row.case for row in cases.rows(environment)}
    wanted = {
        "one": rows["one event, lean put"],
        "twenty": rows["a batch of 20, lean put"],
        "stitch": rows["stitcher: parse and fold"],
        "deliver": rows["destination: webhook"],
        "land": _landing(),
    }
    with _captured():
        figures = turns(list(wanted.values()), rounds=9)
    # The quickest round: what else the machine does can only add.
    of = {name: min(figures[case.name].rounds) for name, case in wanted.items()}
    return {
        "collect_ms": of["one"],
        "collect_more_ms": max(0.0, (of["twenty"] * 20 - of["one"]) / 19),
        "land_ms": of["land"],
        "stitch_ms": of["stitch"],
        "deliver_ms": of["deliver"],
    }


def _landing() -> Case:
    day = [event.to_line() for event in generate(events=500, days=1, seed=1, until=_UNTIL)]
    records = [LandingRecord("shard", str(at), _UNTIL, line + b"\n") for at, line in enumerate(day)]
    return Case("land", lambda: land(records, MemoryStore()), len(records))


def _lake() -> tuple[float, float, float]:
    """Return how far lines shrink gzipped and as Parquet, and the CPU an event takes to compact."""
    day = [
        event
        for event in generate(events=_EVENTS_OF_A_DAY, days=1, seed=1, until=_UNTIL)
        if event.received_at >= _UNTIL - timedelta(days=1)
    ]
    plain = sum(len(event.to_line()) for event in day)
    with tempfile.TemporaryDirectory() as directory:
        store = DirectoryStore(Path(directory))
        land_all(store, day)
        gzipped = sum(entry.size for entry in store.list("raw/"))
        compactor = Compactor(
            store=store,
            directory=Path(directory) / "work",
            now=lambda: _UNTIL,
            lease_for=timedelta(minutes=16),
        )
        spent = _cpu(lambda: list(compactor.run()))
        parquet = sum(entry.size for entry in store.list("events/"))
    return gzipped / plain, parquet / plain, spent * 1000 / len(day)


def _compactor_start() -> float:
    """Time a compactor that finds nothing: the interpreter, DuckDB, our modules."""
    command = [sys.executable, "-c", "import compactor.app, duckdb; duckdb.connect()"]
    began = os.times()
    subprocess.run(command, check=True, capture_output=True)
    ended = os.times()
    spent = (
        ended.children_user + ended.children_system - began.children_user - began.children_system
    )
    return spent * 1000


def _identity() -> tuple[float, float, float]:
    played = identity_at_scale.play(_SAMPLE, seconds=20)
    table = played.table
    stored = sum(
        identity_at_scale.size_of(item) + identity_at_scale.ITEM_OVERHEAD_BYTES
        for item in table.items.values()
    )
    return (
        sum(table.read_units.values()) / played.events,
        sum(table.write_units.values()) / played.events,
        stored / played.events,
    )


def _cpu(run: Callable[[], object]) -> float:
    gc.collect()
    began = time.process_time()
    run()
    return time.process_time() - began


@contextmanager
def _captured() -> Iterator[bytearray]:
    """Catch what the handlers log, by the file descriptor that they hold; there when the block ends."""
    sys.stdout.flush()
    caught = bytearray()
    with tempfile.TemporaryFile() as file:
        kept = os.dup(1)
        os.dup2(file.fileno(), 1)
        try:
            yield caught
        finally:
            sys.stdout.flush()
            os.dup2(kept, 1)
            os.close(kept)
            file.seek(0)
            caught += file.read()


def _processor() -> str:
    for line in (
        Path("/proc/cpuinfo").read_text().splitlines() if Path("/proc/cpuinfo").exists() else ()
    ):
        if line.startswith("model name"):
            return line.partition(": ")[2]
    return os.uname().machine
