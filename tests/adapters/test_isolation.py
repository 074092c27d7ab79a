"""One destination hangs; the others are delivered meanwhile, over real sockets and threads.

How much later, `tests/unit/delivery/test_isolation.py` measures in virtual time.
"""

import socket
import time
from threading import Event
from typing import Any

import pytest
from headwater.adapters.http import UrllibHttp
from headwater.deliver import deliver
from headwater.delivery.breaker import Breakers
from headwater.delivery.outside import Outside, Received
from headwater.delivery.pace import Pace
from headwater.delivery.slowness import Slowness
from headwater.destination import Configured, Delivery
from headwater.destinations import DESTINATIONS

from tests.examples import NOON, a_stored_track
from tests.fakes import MemoryQueue, MemorySecrets, MemoryStore, MemoryTable
from tests.vendor import Asked, Vendor, reply, vendor

pytestmark = pytest.mark.enable_socket


def test_while_one_vendor_hangs_all_others_are_delivered() -> None:
    arrived, in_time = list[str](), list[bool]()
    all_arrived = Event()

    def answer(asked: Asked, connection: socket.socket, there: Vendor) -> None:
        if asked.path == "/hanging":
            # It answers when everything else has arrived: never, if that waits for it.
            in_time.append(all_arrived.wait(7))
        else:
            arrived.append(asked.path)
            if len(arrived) == 20:
                all_arrived.set()
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
                slowness=Slowness(MemoryTable(), seconds=time.monotonic, me=1),
                pace=Pace(seconds=time.monotonic, sleep=time.sleep),
                now=lambda: NOON,
                seconds=time.monotonic,
                random=lambda: 0.5,
            ),
            time_limit_seconds=20.0,
        )

    assert in_time == [True] * 8
    assert [report.delivered for report in reports] == [1] * 28
    assert queue.messages == []
