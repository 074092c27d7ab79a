"""The canary on the running stack: each function on its way is broken in turn, and its alarm rings.

The emulator has no alarms, so the template's is reckoned here, over what the deployed canary says. The
ten minutes until it rings are not waited for: what the canary would find then in the same bucket is
asked of the same code, with a later clock.
"""

import time
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
import pytest
from headwater.adapters.s3 import S3ObjectStore
from headwater.canary import look

from local.deploy import client
from tests.e2e.stack import Stack, eventually
from tests.e2e.versions import LIVE, published, unmapped, variables
from tests.template.document import properties, template

ALARM = properties("CanaryMissing")
RATE = timedelta(minutes=1)
ON_THE_WAY = ("collector", "lander", "stitcher", "forwarder")
# A release that does not even start: the worst of those that happen.
DOES_NOT_START = "never_written.app.handler"


@dataclass
class Canary:
    """The deployed canary, called as its schedule would, and the bucket it looks into."""

    stack: Stack
    functions: Any
    trip_seconds: float = 0.0

    def name(self, function: str) -> str:
        return self.stack.endpoints.functions[function]

    def call(self) -> dict[str, Any] | None:
        """Call it once, and return what it said; None when it raised, and there is no metric."""
        answer = self.functions.invoke(
            FunctionName=self.name("canary"), Qualifier=LIVE, Payload=b"{}"
        )
        if "FunctionError" in answer:
            return None
        # Not its log line, with the metric of the same age: the emulator cuts a log off that is late.
        said: dict[str, Any] = orjson.loads(answer["Payload"].read())
        return said

    def age(self, after: timedelta = timedelta()) -> float:
        """How old the newest that came back is, or will be by then if none comes back."""
        store = S3ObjectStore(client("s3", self.stack.endpoints.aws), self.stack.endpoints.bucket)
        return look(store, now=datetime.now(UTC) + after).returned

    def comes_back(self) -> bool:
        """Send one, and see whether it comes back; one that was not taken is sent again, as by the schedule."""

        def taken() -> datetime | None:
            sent = datetime.now(UTC)
            said = self.call()
            return sent if said is not None and said["status"] == 200 else None

        # A function that was just deployed starts anew, which may outlast the canary's ten seconds.
        sent = eventually(taken, lambda sent: sent is not None)
        assert sent is not None

        def younger() -> bool:
            return self.age() <= (datetime.now(UTC) - sent).total_seconds()

        came = eventually(younger, bool)
        self.trip_seconds = (datetime.now(UTC) - sent).total_seconds()
        return came


@pytest.fixture(scope="module")
def canary(running: Stack) -> Iterator[Canary]:
    """The stack as it is with `CanaryState=ENABLED`: the way knows where the canary goes back to."""
    endpoints = running.endpoints
    functions = client("lambda", endpoints.aws, attempts=1)
    made = Canary(running, functions)
    # The edge, as a site's CDN: it shows the origin secret, without which the canary is refused.
    url = f"{endpoints.collector}{endpoints.prefix}"
    with ExitStack() as deployed:
        for function in ("stitcher", "forwarder", "canary"):
            name = made.name(function)
            given = variables(functions, name, CANARY_URL=url)
            deployed.enter_context(published(functions, name, **given))
        assert made.comes_back()
        yield made
        # What the broken forwarder failed on comes again in minutes, and is then for nobody.
        client("sqs", endpoints.aws).purge_queue(QueueUrl=endpoints.queue)


def rings(said: Sequence[float | None]) -> bool:
    """What CloudWatch makes of the canary's newest lines, one a minute, by the template's alarm."""
    assert (ALARM["Statistic"], ALARM["TreatMissingData"]) == ("Minimum", "breaching")
    assert ALARM["ComparisonOperator"] == "GreaterThanThreshold"
    lines = int(ALARM["Period"] / RATE.total_seconds())
    periods = [
        said[-lines * (at + 1) : len(said) - lines * at] for at in range(ALARM["EvaluationPeriods"])
    ]
    assert all(len(period) == lines for period in periods)
    return all(
        min((age for age in period if age is not None), default=float("inf")) > ALARM["Threshold"]
        for period in periods
    )


def until_it_must_ring(canary: Canary) -> list[float]:
    """What it says each minute from now on, if nothing comes back, for as long as the alarm may take."""
    seconds = ALARM["Threshold"] + ALARM["Period"] * ALARM["EvaluationPeriods"]
    minutes = int(seconds / RATE.total_seconds())
    return [canary.age(after=RATE * minute) for minute in range(minutes + 1)]


def test_the_rate_is_the_templates() -> None:
    assert template()["Parameters"]["CanaryRate"]["Default"] == "rate(1 minute)"


def test_while_all_is_well_it_does_not_ring(canary: Canary) -> None:
    assert canary.comes_back()
    said = canary.call()

    assert said is not None
    assert said["status"] == 200
    assert not rings([said["returned_age"]] * 10)


def broken(canary: Canary, what: str) -> AbstractContextManager[None]:
    if what == "the queue's mapping":
        return unmapped(canary.functions, canary.name("forwarder"))
    return published(canary.functions, canary.name(what), Handler=DOES_NOT_START)


@pytest.mark.parametrize("what", [*ON_THE_WAY, "the queue's mapping"])
def test_it_rings_when_what_is_on_its_way_is_broken_and_stops_when_it_is_mended(
    canary: Canary, what: str
) -> None:
    assert canary.comes_back()
    with broken(canary, what):
        began = datetime.now(UTC)
        assert canary.call() is not None
        # Longer than it takes when all is well.
        time.sleep(canary.trip_seconds + 1)
        passed = (datetime.now(UTC) - began).total_seconds()
        said = canary.call()
        assert said is not None
        assert (said["status"] == 200) is (what != "collector")
        assert said["returned_age"] > passed  # none that was sent since came back
        assert rings(until_it_must_ring(canary))
    assert canary.comes_back()
    assert not rings([canary.age()] * 10)


def test_it_rings_when_the_canary_itself_is_broken(canary: Canary) -> None:
    with published(canary.functions, canary.name("canary"), Handler=DOES_NOT_START):
        said = canary.call()
    assert said is None
    assert rings([said] * 10)
    assert canary.comes_back()
