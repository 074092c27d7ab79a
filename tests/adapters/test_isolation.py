"""One destination hangs; the others are delivered as if it were not there."""

import socket
import time
from typing import Any

import pytest
from headwater.adapters.http import UrllibHttp
from headwater.deliver import deliver
from headwater.delivery.breaker import Breakers
from headwater.delivery.outside import Outside, Received
from headwater.delivery.pace import Pace
from headwater.destination import Configured, Delivery
from headwater.destinations import DESTINATIONS

from tests.examples import NOON, a_stored_track
from tests.fakes import MemoryQueue, MemorySecrets, MemoryStore, MemoryTable
from tests.vendor import Asked, Vendor, reply, vendor

pytestmark = pytest.mark.enable_socket


def test_one_hanging_vendor_holds_nobody_else() -> None:
    started, arrived = time.monotonic(), list[float]()

    def answer(asked: Asked, connection: socket.socket, there: Vendor) -> None:
        if asked.path == "/hanging":
            there.closing.wait(10)
        arrived.append(time.monotonic() - started)
        reply(connection, 200)

    def a_webhook(name: str, url: str) -> Configured:
        settings: dict[str, Any] = {"url": f"{url}/{name}", "allow_private_addresses": True}
        return Configured(
            id=name,
            sheet=DESTINATIONS["webhook"],
            integration="Webhooks",
            events=("track",),
            settings=settings,
        )

    names = ["hanging"] * 8 + ["one", "two"] * 10
    messages = [
        Received(
            str(at),
            Delivery(destination_id=name, events=(a_stored_track(f"m{at}"),), first_at=NOON)
            .to_message()
            .body,
        )
        for at, name in enumerate(names)
    ]
    with vendor(answer) as there:
        reports = deliver(
            messages,
            {name: a_webhook(name, there.url) for name in set(names)},
            Outside(
                http=UrllibHttp(),
                queue=(queue := MemoryQueue()),
                store=MemoryStore(),
                outcomes=MemoryStore(),
                secrets=MemorySecrets(),
                breakers=Breakers(MemoryTable(), seconds=time.monotonic),
                pace=Pace(seconds=time.monotonic, sleep=time.sleep),
                now=lambda: NOON,
                seconds=time.monotonic,
                random=lambda: 0.5,
            ),
            time_limit_seconds=1.5,
        )
        took = time.monotonic() - started
        healthy = [report for report in reports if report.destination_id != "hanging"]

        # All of the healthy were there before the hanging one's time was up.
        assert len(arrived) == 20
        assert max(arrived) < 1.2
    assert [report.delivered for report in healthy] == [1] * 20
    # And the hanging one had its time, no more, and lost nothing.
    assert took < 3.0
    assert len(queue.messages) == 8
