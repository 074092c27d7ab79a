"""Every place that may hold a person, in the order it is cleaned.

What feeds another place comes before it, so that nothing unclean arrives behind us. What still arrives
(the stream keeps a line for a day, and nobody can take one out) is suppressed by stitcher, compactor and
forwarder, and cleaned by the second pass, when the stream has forgotten.
"""

from typing import Protocol

from headwater.delivery.outcome_rows import PREFIX as DELIVERIES
from headwater.delivery.parking import PREFIX as PARKED
from headwater.delivery.undeliverable import PREFIX as UNDELIVERABLE
from headwater.erasure.batches import clean_delivery, clean_failed_batch
from headwater.erasure.files import Files
from headwater.erasure.ledger import Ledger
from headwater.erasure.lines import (
    Cleaned,
    Judge,
    Whose,
    clean,
    identity_change,
    set_aside,
    stored_event,
    undelivered_event,
)
from headwater.erasure.mentions import mentioned
from headwater.erasure.objects import Clean, Objects
from headwater.erasure.outside import Outside
from headwater.erasure.queues import Messages
from headwater.erasure.registers import Registers
from headwater.lake.keys import ARCHIVE, COPIES, EVENTS, FAILED, IDENTITY_CHANGES, RAW, REJECTED
from headwater.reinvocation import PREFIX as FAILED_BATCHES
from headwater.spill import DONE_PREFIX, PREFIX

ATHENA, EXPORTS = "athena/", "exports/"
QUEUE, DEAD_LETTERS = "deliveries-queue", "dead-letter-queue"


class Store(Protocol):
    """One place."""

    @property
    def name(self) -> str:
        """What the receipt calls it."""
        ...

    def run(self, ledger: Ledger, whose: Whose, outside: Outside) -> bool:
        """Clean what is left of it; False when it must be gone on with later."""
        ...


def by(judge: Judge) -> Clean:
    """Clean content line by line."""
    return lambda body, whose: clean(body, whose, judge)


def whole_when_named(body: bytes, whose: Whose) -> Cleaned:
    """Let what names the person go as it is; asking again brings back what was somebody else's."""
    gone = whose.may_be_in(body) and mentioned(body, whose.person)
    return Cleaned(None if gone else body, int(gone))


STORES: tuple[Store, ...] = (
    # What comes back to the stream, then what becomes Parquet, before Parquet.
    Objects("spill", PREFIX, by(stored_event)),
    Objects("failed-batches", FAILED_BATCHES, clean_failed_batch),
    Objects("raw", RAW, by(stored_event)),
    Objects("archive", ARCHIVE, by(stored_event)),
    Files("events", EVENTS, counting=True),
    Files("event-copies", COPIES),
    # The registers before the log that is told from them.
    Registers(),
    Objects("identity-changes", IDENTITY_CHANGES, by(identity_change)),
    # What is parked returns to the queue, and what the queue gives up on is a dead letter.
    Objects("parked", PARKED, clean_delivery),
    Messages(QUEUE),
    Messages(DEAD_LETTERS),
    Objects("undeliverable", UNDELIVERABLE, by(undelivered_event)),
    Objects("deliveries", DELIVERIES, by(undelivered_event)),
    Objects("rejected", REJECTED, by(stored_event)),
    Objects("failed", FAILED, by(set_aside)),
    Objects("spill-done", DONE_PREFIX, by(stored_event)),
    # Answers to questions: copies in any form, which asking again brings back.
    Objects("exports", EXPORTS, whole_when_named),
    Objects("athena", ATHENA, None),
)
