"""The collector's peak memory: at rest, under load, and under what is sent to exhaust it."""

from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any

from benchmarks import invocations
from benchmarks.deployed import Deployed
from benchmarks.runtime_api import run


def peaks(deployed: Deployed, environment: Mapping[str, str]) -> list[tuple[str, float]]:
    """Name each load and the peak, in megabytes, of a process that had it and nothing else."""
    loads: dict[str, Iterator[Mapping[str, Any]]] = {
        "one event": islice(invocations.single_events(1), 1),
        "2,000 events, 100 batches, ten bodies of 500 KB": _load(),
        "one event, then gzip bombs of 256, 64 and 24 MB": _after_one(invocations.bombs()),
        "one event, then hostile JSON of up to 5 MB": _after_one(invocations.hostile()),
    }
    return [
        (
            name,
            run(
                "collector.app.handler",
                load,
                path=deployed.path,
                environment={**environment, **deployed.warm()},
            ).peak_megabytes,
        )
        for name, load in loads.items()
    ]


def _load() -> Iterator[Mapping[str, Any]]:
    yield from islice(invocations.single_events(2_000), 2_000)
    yield from islice(invocations.batches(100, count=10), 100)
    whole, _ = invocations.whole_body()
    yield from [whole] * 10


def _after_one(hostile: Iterator[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    yield from islice(invocations.single_events(1), 1)
    yield from hostile
