"""Write down how a try ended: first what ends here, then what goes on; then the queue may forget."""

from collections import Counter
from datetime import timedelta
from math import ceil

from headwater.delivery import parking, undeliverable
from headwater.delivery.outside import Outside, Received, Report
from headwater.delivery.settlement import Settlement
from headwater.destination import Configured, Delivery

MAX_DELAY_SECONDS = 900  # SQS's own limit
# A break longer than this says that a vendor is down for good: its messages need not come round
# meanwhile. At 50 messages a second a minute of them waits in the queue, the rest in the bucket.
_LONG_BREAK_SECONDS = 60
BREAKER_OPEN = "breaker_open"


def keep(
    message: Received,
    delivery: Delivery,
    settlement: Settlement,
    destination: Configured | None,
    outside: Outside,
) -> Report:
    """Keep what will never be delivered, queue or park what waits, and report both.

    Raises DependencyError when the queue or the bucket did not take it: then nothing may be forgotten.
    """
    if settlement.undeliverable:
        kept = undeliverable.kept(delivery, settlement.undeliverable, now=outside.now())
        outside.store.put(kept.key, kept.body, if_absent=True)
    remainder, seconds = settlement.remainder, settlement.wait_seconds
    if remainder is not None:
        longest = (
            _LONG_BREAK_SECONDS if settlement.wait_reason == BREAKER_OPEN else MAX_DELAY_SECONDS
        )
        if destination is not None and seconds > longest:
            due = outside.now() + timedelta(seconds=seconds)
            parking.park(remainder, destination, outside.store, due=due)
        else:
            outside.queue.send([remainder.to_message(delay_seconds=ceil(seconds))])
    return Report(
        id=message.id,
        destination_id=settlement.destination_id,
        delivered=len(settlement.delivered),
        undeliverable=dict(Counter(result.reason for _, result in settlement.undeliverable)),
        waiting=len(remainder.events) if remainder else 0,
        wait_reason=settlement.wait_reason,
    )


def keep_malformed(message: Received, outside: Outside) -> Report:
    """Keep a message that is no delivery as it came, for somebody to look at."""
    kept = undeliverable.kept_malformed(message.body, now=outside.now())
    outside.store.put(kept.key, kept.body, if_absent=True)
    return Report(id=message.id, undeliverable={undeliverable.MALFORMED: 1})
