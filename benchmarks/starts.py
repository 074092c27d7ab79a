"""Cold starts through the real runtime client: CPU from the process's start to the first answer."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

from benchmarks import invocations
from benchmarks.deployed import Deployed
from benchmarks.peers import BOTO3_START
from benchmarks.runtime_api import Spent, run

# The collector's, then the floors; the last floor is what any Python function costs.
HANDLERS: Mapping[str, str] = {
    "collector.app.handler": "collector, lean put",
    "collector_on_boto3.handler": "collector, boto3's put",
    "boto3_put.handler": "boto3's put alone",
    "signed_put.handler": "signed put alone",
    "pass_through.handler": "pass-through",
}
_IMPORT = re.compile(r"import time:\s+(\d+) \|\s+\d+ \|\s+(\S+)")


@dataclass(frozen=True)
class Start:
    """A cold start of one handler: medians, as it is deployed and as `sam build` alone would leave it."""

    name: str
    deployed: float
    without_bytecode: float
    megabytes: float


def starts(
    deployed: Deployed, environment: Mapping[str, str], *, rounds: int
) -> tuple[list[Start], list[tuple[str, float]]]:
    """Start each handler once a round, in turn; and say where the collector's imports take time."""
    event = next(invocations.single_events(1))
    for handler in HANDLERS:
        _start(handler, event, deployed, {**environment, **deployed.warm()})

    found: dict[str, list[tuple[Spent, Spent]]] = {handler: [] for handler in HANDLERS}
    for _ in range(rounds):
        for handler, spent in found.items():
            spent.append(
                (
                    _start(handler, event, deployed, {**environment, **deployed.warm()}),
                    _start(
                        handler, event, deployed, {**environment, **deployed.without_bytecode()}
                    ),
                )
            )
    timed = {**environment, **deployed.warm(), "PYTHONPROFILEIMPORTTIME": "1"}
    imports = _start("collector.app.handler", event, deployed, timed).errors
    return [_figures(HANDLERS[handler], spent) for handler, spent in found.items()], _by_package(
        imports
    )


def slower(put: float, passed: float) -> float:
    """How many times the design's machine this one takes, by the starts of boto3's put and of a pass-through."""
    return (put - passed) / BOTO3_START


def slowness(deployed: Deployed, environment: Mapping[str, str]) -> float:
    """Start both once, and compare."""
    event = next(invocations.single_events(1))
    put, passed = (
        _start(handler, event, deployed, {**environment, **deployed.warm()}).cpu_milliseconds
        for handler in ("boto3_put.handler", "pass_through.handler")
    )
    return slower(put, passed)


def _start(
    handler: str, event: Mapping[str, Any], deployed: Deployed, environment: Mapping[str, str]
) -> Spent:
    return run(handler, [event], path=deployed.path, environment=environment)


def _figures(name: str, spent: Sequence[tuple[Spent, Spent]]) -> Start:
    return Start(
        name,
        median(packed.cpu_milliseconds for packed, _ in spent),
        median(built.cpu_milliseconds for _, built in spent),
        median(packed.peak_megabytes for packed, _ in spent),
    )


def _by_package(errors: str) -> list[tuple[str, float]]:
    """Sum `-X importtime`'s own times by package, the largest first, in milliseconds."""
    spent: Counter[str] = Counter()
    for microseconds, module in _IMPORT.findall(errors):
        spent[module.partition(".")[0]] += int(microseconds)
    return [(package, microseconds / 1000) for package, microseconds in spent.most_common(12)]
