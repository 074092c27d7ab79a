"""Lambda's poller of a stream, in this process and without the clock.

The local AWS emulator's pollers know nothing of partial batch results, attempts, bisecting or
on-failure destinations (design 13), so what a stream does to a failing function is tested here.
Kinesis and DynamoDB streams behave alike: records of a shard in order, one batch at a time.
Sources: docs.aws.amazon.com/lambda/latest/dg/services-kinesis-parameters.html and
…/kinesis-on-failure-destination.html, read 2026-11-23.
"""

from base64 import b64encode
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

type StreamRecord = Mapping[str, Any]
type Handler = Callable[[dict[str, list[StreamRecord]]], Mapping[str, Any] | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class EventSource:
    """The event source mapping of a function, named as in the template.

    `maximum_retry_attempts`: how often a batch is tried again before it goes to the on-failure
    destination; None is until the stream forgets it, which here is a thousand.
    """

    batch_size: int = 100
    report_batch_item_failures: bool = True
    bisect_batch_on_function_error: bool = True
    maximum_retry_attempts: int | None = None


@dataclass(frozen=True, slots=True)
class FailedBatch:
    """What the on-failure destination receives: the payload, and why it was given up."""

    condition: str
    invocations: int
    records: tuple[StreamRecord, ...]


_UNTIL_FORGOTTEN = 1_000


@dataclass(slots=True)
class Poller:
    """Deliver what each shard holds to the handler, as the event source says.

    `invoke` is called with the event. Whatever it raises is a function error: that is what Lambda
    makes of it.
    """

    invoke: Handler
    source: EventSource = field(default_factory=EventSource)
    failed: list[FailedBatch] = field(default_factory=list)
    batches: list[tuple[str, ...]] = field(default_factory=list)  # the sequence numbers of each

    def drain(self, shard: Sequence[StreamRecord]) -> None:
        """Deliver a shard's records from the oldest on until each is done or given up."""
        size = self.source.batch_size
        for start in range(0, len(shard), size):
            self._deliver(shard[start : start + size], retries=0)

    def _deliver(self, batch: Sequence[StreamRecord], *, retries: int) -> None:
        """Try a batch, or what is left of it, until it is done, split or given up."""
        most = self.source.maximum_retry_attempts
        most = _UNTIL_FORGOTTEN if most is None else most
        while batch:
            left, split_at = self._attempt(batch)
            if not left:
                return
            if split_at is not None:
                # Splitting is not counted as an attempt.
                self._deliver(left[:split_at], retries=retries)
                self._deliver(left[split_at:], retries=retries)
                return
            # A batch that moved its checkpoint is another batch: its retries count from the start.
            retries = 0 if len(left) < len(batch) else retries
            batch = left
            if retries == most:
                self.failed.append(FailedBatch("RetryAttemptsExhausted", retries + 1, tuple(batch)))
                return
            retries += 1

    def _attempt(self, batch: Sequence[StreamRecord]) -> tuple[Sequence[StreamRecord], int | None]:
        """Invoke once; return what must come again and where to cut it."""
        self.batches.append(tuple(map(sequence_number, batch)))
        try:
            answer = self.invoke({"Records": list(batch)})
        except Exception:  # noqa: BLE001  (any exception is a function error to Lambda)
            cut = len(batch) // 2 if self.source.bisect_batch_on_function_error else 0
            return batch, cut or None
        return batch[self._checkpoint(batch, answer) :], None

    def _checkpoint(self, batch: Sequence[StreamRecord], answer: Mapping[str, Any] | None) -> int:
        """Find where the batch must be resumed: at the lowest failure; nowhere when there is none."""
        if not self.source.report_batch_item_failures or not answer:
            return len(batch)
        failures = answer.get("batchItemFailures") or []
        numbers = [sequence_number(record) for record in batch]
        named = [failure.get("itemIdentifier") for failure in failures]
        if any(not name for name in named):
            return 0  # an empty identifier fails the whole batch
        # One that names no record of the batch fails the whole batch too.
        return min((numbers.index(n) if n in numbers else 0 for n in named), default=len(batch))


def sequence_number(record: StreamRecord) -> str:
    """Return the place of a record in its shard."""
    part = record["kinesis"] if "kinesis" in record else record["dynamodb"]
    number: str = part.get("sequenceNumber") or part["SequenceNumber"]
    return number


def kinesis_record(
    data: bytes, *, shard: int = 0, sequence: int, arrived_at: float, partition_key: str = "key"
) -> StreamRecord:
    """Return a record as Lambda hands over Kinesis data."""
    number = f"4959{sequence:052}"
    return {
        "kinesis": {
            "kinesisSchemaVersion": "1.0",
            "partitionKey": partition_key,
            "sequenceNumber": number,
            "data": b64encode(data).decode(),
            "approximateArrivalTimestamp": arrived_at,
        },
        "eventSource": "aws:kinesis",
        "eventVersion": "1.0",
        "eventID": f"shardId-{shard:012}:{number}",
        "eventName": "aws:kinesis:record",
    }
