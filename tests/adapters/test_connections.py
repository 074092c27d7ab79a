"""What a vendor sees of a busy forwarder: few connections, used again, and few requests at a time."""

import socket
import time
from threading import Lock

import pytest
from headwater.adapters.http import UrllibHttp
from headwater.deliver import deliver
from headwater.delivery.breaker import Breakers
from headwater.delivery.lanes import THREADS_PER_LANE
from headwater.delivery.outside import Outside, Received
from headwater.delivery.pace import Pace
from headwater.delivery.slowness import Slowness
from headwater.destination import Configured, Delivery
from headwater.destinations import DESTINATIONS

from tests.examples import NOON, a_stored_track
from tests.fakes import MemoryQueue, MemorySecrets, MemoryStore, MemoryTable
from tests.vendor import Asked, Vendor, reply, vendor

pytestmark = pytest.mark.enable_socket


def test_forty_messages_of_four_batches_share_the_connections_of_one_lane() -> None:
    lock, at_once, most_at_once = Lock(), 0, 0

    def answer(asked: Asked, connection: socket.socket, there: Vendor) -> None:
        nonlocal at_once, most_at_once
        with lock:
            at_once += 1
            most_at_once = max(most_at_once, at_once)
        time.sleep(0.01)
        with lock:
            at_once -= 1
        reply(connection, 200)

    http = UrllibHttp()
    with vendor(answer) as there:
        crm = Configured(
            id="crm",
            sheet=DESTINATIONS["webhook"],
            integration="Webhooks",
            events=("track",),
            settings={"url": f"{there.url}/in", "allow_private_addresses": True},
        )
        outside = Outside(
            http=http,
            queue=MemoryQueue(),
            store=MemoryStore(),
            outcomes=MemoryStore(),
            secrets=MemorySecrets(),
            breakers=Breakers(MemoryTable(), seconds=time.monotonic),
            slowness=Slowness(MemoryTable(), seconds=time.monotonic, me=1),
            pace=Pace(seconds=time.monotonic, sleep=time.sleep),
            now=lambda: NOON,
            seconds=time.monotonic,
            random=lambda: 0.5,
        )
        delivered = 0
        for batch in range(4):
            events = [a_stored_track(f"message-{batch}-{number}") for number in range(10)]
            deliveries = [
                Delivery(destination_id="crm", events=(event,), first_at=NOON) for event in events
            ]
            messages = [
                Received(str(at), one.to_message().body) for at, one in enumerate(deliveries)
            ]
            reports = deliver(messages, {"crm": crm}, outside, time_limit_seconds=20.0)
            delivered += sum(report.delivered for report in reports)

        assert (delivered, len(there.asked)) == (40, 40)
        assert there.connections <= THREADS_PER_LANE
        assert most_at_once <= THREADS_PER_LANE
