"""The canary over real handlers: it lives while all of them do, and its alarm rings for each that does not."""

import base64
import json
import socket
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest
from canary import app
from headwater.canary import destination
from headwater.destination import routes
from headwater.destinations import check
from headwater.record import StoredEvent
from headwater.workspace import load

from tests.handlers.pipeline import Pipeline, post, running
from tests.template.document import properties
from tests.vendor import Asked, Vendor, reply

pytestmark = pytest.mark.enable_socket

BEGAN = datetime.now(UTC).replace(microsecond=0) - timedelta(minutes=30)
# One every five minutes, the slowest the template offers: the alarm must do for that too.
RATE = timedelta(minutes=5)
ALARM = properties("CanaryMissing")


class World:
    """The pipeline, whose own site is the vendor that the canary calls and is delivered to."""

    def __init__(self) -> None:
        self.pipeline: Pipeline | None = None
        self.now = BEGAN
        self.ages: list[float | None] = []  # None: no metric

    def answer(self, asked: Asked, connection: socket.socket, _: Vendor) -> None:
        assert self.pipeline is not None
        event = post(asked.path, "")
        event["headers"] = {
            name: value for name, value in asked.headers.items() if name != "content-length"
        }
        event |= {"body": base64.b64encode(asked.body).decode(), "isBase64Encoded": True}
        answered = self.pipeline.request(event, at=self.now)
        reply(connection, answered["statusCode"], answered["body"].encode())

    def wake(self) -> None:
        """Let the schedule call, and all consumers take what is there, twice."""
        assert self.pipeline is not None
        self.ages.append(
            None if "canary" in self.pipeline.broken else app.live(now=self.now)["returned_age"]
        )
        self.now += timedelta(seconds=5)
        for _ in range(2):  # once there, once back
            self.pipeline.run()
        self.now += RATE - timedelta(seconds=5)

    def rings(self) -> bool:
        """What CloudWatch makes of the metric by the template's alarm."""
        assert int(ALARM["Period"]) == RATE.total_seconds()
        looked_at = self.ages[-int(ALARM["EvaluationPeriods"]) :]
        judged = [age is None or age > ALARM["Threshold"] for age in looked_at]
        assert (ALARM["Statistic"], ALARM["TreatMissingData"]) == ("Minimum", "breaching")
        assert ALARM["ComparisonOperator"] == "GreaterThanThreshold"
        return all(judged)


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    made = World()
    with running(monkeypatch, made.answer, canary=True) as pipeline:
        made.pipeline = pipeline
        app._outside.cache_clear()
        yield made
        app._outside.cache_clear()


def test_it_goes_the_whole_way_and_back(world: World) -> None:
    for _ in range(3):
        world.wake()

    assert world.ages[1:] == [300.0, 300.0]
    assert world.pipeline is not None
    lines = [
        orjson.loads(line)
        for record in world.pipeline.stream.records
        for line in record.data.splitlines()
    ]
    # There and back, once each: what came back is not sent again.
    assert len(lines) == 6
    assert {line["source"]["id"] for line in lines} == {"headwater-canary"}
    assert {line["privacy"]["decision"] for line in lines} == {"full"}


@pytest.mark.parametrize("function", ["collector", "lander", "stitcher", "forwarder", "canary"])
def test_its_alarm_rings_when_a_function_on_its_way_is_broken(world: World, function: str) -> None:
    assert world.pipeline is not None
    for _ in range(2):
        world.wake()
    assert not world.rings()

    world.pipeline.broken.add(function)
    for _ in range(5):
        world.wake()
    assert world.rings()

    world.pipeline.broken.clear()
    for _ in range(2):
        world.wake()
    assert not world.rings()


def test_the_metric_is_in_the_line(
    world: World, capsys: pytest.CaptureFixture[str], logged: Any
) -> None:
    event: Mapping[str, Any] = json.loads(Path("events/canary/schedule.json").read_text())

    app.handler(event, None)

    said = json.loads(logged.lines[-1])
    assert said["CanaryAge"] == pytest.approx(900)  # nothing has come back yet
    assert said["status"] == 200


def test_no_destination_of_the_workspace_gets_it_unless_it_names_its_source(world: World) -> None:
    assert world.pipeline is not None
    world.wake()
    stored = StoredEvent.from_json(orjson.loads(world.pipeline.stream.records[0].data))

    configured = check(load("demo"))
    own = destination("https://shop.example/ev")
    assert routes(stored, (*configured, own)) == (own,)
