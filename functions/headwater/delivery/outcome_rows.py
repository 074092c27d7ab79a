"""What was sent where, and how it ended: a row an event and try, for the lake's `deliveries` view.

Written after a message is settled and before the queue may forget it. A queue delivers at least once,
so a try may have two rows; a bucket that refuses costs the rows of one batch and never a delivery. Rows
hold ids and reason codes only: a vendor's own words may quote what somebody typed.
"""

import gzip
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime
from hashlib import sha256
from typing import Literal

import orjson

from headwater.delivery.settlement import Settlement
from headwater.destination import Delivery
from headwater.ports import ObjectStore
from headwater.record import StoredEvent, to_iso

PREFIX = "deliveries/"

type Outcome = Literal["delivered", "undeliverable", "waiting"]


@dataclass(frozen=True, slots=True)
class OutcomeRow:
    """How one try of one event at one destination ended; `attempt` counts from 0."""

    destination_id: str
    source_id: str
    message_id: str
    outcome: Outcome
    reason: str  # "" when delivered
    attempt: int
    tried_at: str


def rows(delivery: Delivery, settlement: Settlement, *, now: datetime) -> tuple[OutcomeRow, ...]:
    """Return a row for every event of the message."""

    def row(event: StoredEvent, outcome: Outcome, reason: str = "") -> OutcomeRow:
        return OutcomeRow(
            destination_id=delivery.destination_id,
            source_id=event.source.id,
            message_id=event.message_id,
            outcome=outcome,
            reason=reason,
            attempt=delivery.attempt,
            tried_at=to_iso(now),
        )

    return (
        *(row(event, "delivered") for event in settlement.delivered),
        *(row(event, "undeliverable", why.reason) for event, why in settlement.undeliverable),
        *(row(event, "waiting", why.reason) for event, why in settlement.waiting),
    )


def write(said: Iterable[OutcomeRow], store: ObjectStore, *, now: datetime) -> None:
    """Write the rows as one object, named by what is in it; without rows nothing is written.

    Raises DependencyError when the store refuses.
    """
    lines = b"".join(orjson.dumps(asdict(row), option=orjson.OPT_APPEND_NEWLINE) for row in said)
    if lines:
        key = f"{PREFIX}dt={to_iso(now)[:10]}/{sha256(lines).hexdigest()[:32]}.ndjson.gz"
        store.put(key, gzip.compress(lines, compresslevel=6, mtime=0))
