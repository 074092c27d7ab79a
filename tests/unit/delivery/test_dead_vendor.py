"""A vendor is dead for four hours: what waits for it never fills the queue, and none of it is lost.

In virtual time, a message in each `SHARE` of those that a busy site sends; `DEAD_VENDOR_SHARE=1`
sends them all.
"""

import gzip
import json
import os
from collections import Counter
from random import Random

import orjson
import pytest
from headwater.destination import Delivery
from headwater.ports import HttpRequest, HttpResponse

from tests.examples import a_stored_track
from tests.unit.delivery.service import Service
from tests.unit.test_deliver import a_destination

RATE = 50  # messages a second
SHARE = int(os.environ.get("DEAD_VENDOR_SHARE", "200"))
DEAD_SECONDS = 4 * 3_600
AFTERWARDS_SECONDS = 600

# A tenth of what SQS allows in flight (120,000); what is delayed does not count there, and does here.
MOST_WAITING = 12_000


def test_a_vendor_that_is_dead_for_four_hours_fills_no_queue_and_loses_nothing(
    capsys: pytest.CaptureFixture[str],
) -> None:
    taken: Counter[str] = Counter()
    sent: list[str] = []

    def vendor(request: HttpRequest, now: float) -> tuple[float, HttpResponse]:
        if now < DEAD_SECONDS:
            return 3_600.0, HttpResponse(200)
        taken.update(json.loads(request.body or b"")["events"])
        return 0.2, HttpResponse(200)

    service = Service({"crm": a_destination()}, vendor, Random(1).random)

    def arrive() -> None:
        while service.time.seconds < DEAD_SECONDS + AFTERWARDS_SECONDS:
            service.time.sleep(SHARE / RATE)
            event = a_stored_track(f"message-{len(sent)}")
            sent.append(event.message_id)
            delivery = Delivery(destination_id="crm", events=(event,), first_at=service.time.now())
            service.queue.send([delivery.to_message()])

    service.run(arrive)

    given_up = {
        line["event"]["messageId"]: line["reason"]
        for key, body in service.store.objects.items()
        if key.startswith("undeliverable/")
        for line in map(orjson.loads, gzip.decompress(body).splitlines())
    }
    queue = service.queue
    with capsys.disabled():
        print(
            f"\n{len(sent)} messages (each for {SHARE}): at most {queue.most_in_flight} in flight, "
            f"{queue.most_waiting * SHARE:,} with those delayed; "
            f"{len(taken)} delivered, {len(given_up)} given up {dict(Counter(given_up.values()))}, "
            f"the last {service.time.seconds / 3600:.1f} hours after the first"
        )
    assert queue.most_waiting * SHARE < MOST_WAITING
    # Each is in one place, once: with the vendor, or kept with the reason.
    assert taken.keys() | given_up.keys() == set(sent)
    assert not taken.keys() & given_up.keys()
    assert set(taken.values()) == {1}
    assert all(given_up.values())
    assert len(taken) > len(given_up)
