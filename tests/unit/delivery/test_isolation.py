"""One destination hangs or is slow; the time the others' events take from the queue to their vendor hardly moves.

In virtual time: two runs differ by the hanging destination and by nothing else, on any machine.
`DELIVERY_RATE=20` makes the runs of so many messages a second.
"""

import json
import os
from collections.abc import Mapping
from dataclasses import replace
from random import Random
from statistics import quantiles

import pytest
from headwater.destination import Delivery
from headwater.ports import HttpRequest, HttpResponse

from tests.examples import a_stored_track
from tests.unit.delivery.service import Service
from tests.unit.test_deliver import a_destination

RATE = float(os.environ.get("DELIVERY_RATE", "8"))
MINUTES = 6
HEALTHY, ILL = ("crm", "mail", "ads"), "ill"


def seconds_taken(*, ill: float | None) -> Mapping[str, float]:
    """Run it; return how long each event of the healthy destinations was on its way.

    `ill`: how long the ill one takes for its 200; None for a run without it.
    """
    sent: dict[str, float] = {}
    taken: dict[str, float] = {}

    def vendor(request: HttpRequest, now: float) -> tuple[float, HttpResponse]:
        (name,) = json.loads(request.body or b"")["events"]
        if name.startswith(ILL):
            return ill or 0.0, HttpResponse(200)
        # The same event takes the same time in both runs, as far as its vendor is concerned.
        seconds = Random(name).uniform(0.1, 0.5)
        taken[name] = now + seconds - sent[name]
        return seconds, HttpResponse(200)

    destinations = {name: replace(a_destination(), id=name) for name in (*HEALTHY, ILL)}
    service = Service(destinations, vendor, Random(1).random)
    chance = Random(2)

    def arrive() -> None:
        number = 0
        while service.time.seconds < MINUTES * 60:
            service.time.sleep(chance.expovariate(RATE))
            number, name = number + 1, chance.choice((*HEALTHY, ILL))
            if name == ILL and ill is None:
                continue
            event = a_stored_track(f"{name}-{number}")
            sent[event.message_id] = service.time.seconds
            delivery = Delivery(destination_id=name, events=(event,), first_at=service.time.now())
            service.queue.send([delivery.to_message()])

    service.run(arrive)
    return taken


@pytest.fixture(scope="module")
def without() -> Mapping[str, float]:
    return seconds_taken(ill=None)


@pytest.mark.parametrize("ill", [2.0, 7.0, 3_600.0], ids=["slow", "very-slow", "hanging"])
def test_an_ill_destination_moves_the_others_p95_by_less_than_a_fifth(
    ill: float, without: Mapping[str, float], capsys: pytest.CaptureFixture[str]
) -> None:
    beside = seconds_taken(ill=ill)

    assert without.keys() == beside.keys()
    p95 = [quantiles(taken.values(), n=100)[94] for taken in (without, beside)]
    with capsys.disabled():
        print(
            f"\n{len(beside)} events at {RATE:g} messages a second: p95 {p95[0]:.3f} s alone, "
            f"{p95[1]:.3f} s beside one that takes {ill:g} s ({p95[1] / p95[0]:.2f} times)"
        )
    assert p95[1] < 1.2 * p95[0]
