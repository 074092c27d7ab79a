"""The stream, in Kinesis."""

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Protocol

from botocore.exceptions import BotoCoreError, ClientError

from headwater.ports import StreamRecord

if TYPE_CHECKING:
    from mypy_boto3_kinesis.type_defs import (
        PutRecordsOutputTypeDef,
        PutRecordsRequestEntryTypeDef,
    )

# PutRecords: 500 records and 5 MiB a call, keys included; it is not atomic, so each record has its own
# answer. https://docs.aws.amazon.com/kinesis/latest/APIReference/API_PutRecords.html, read 2026-11-23.
MAX_RECORDS_A_CALL = 500
MAX_BYTES_A_CALL = 5 * 1024 * 1024

_FIRST_PAUSE_SECONDS = 0.1


class KinesisClient(Protocol):
    """The one operation the stream needs: boto3's client has it, and so has `PutRecordsClient`."""

    def put_records(
        self,
        *,
        StreamName: str,  # noqa: N803 - boto3's names, so that either client serves
        Records: "Sequence[PutRecordsRequestEntryTypeDef]",  # noqa: N803
    ) -> "PutRecordsOutputTypeDef":
        """Put up to 500 records; raises `ClientError` or `BotoCoreError` for the call as a whole."""
        ...


class KinesisStream:
    """`ports.Stream` over one Kinesis stream: only what was refused is sent again, within a budget.

    The client must not retry by itself: its retries would send whole calls again and know no budget.
    """

    def __init__(
        self,
        client: KinesisClient,
        stream_name: str,
        *,
        sleep: Callable[[float], None],
        monotonic: Callable[[], float],
        random: Callable[[], float],
        budget_seconds: float = 1.5,
    ) -> None:
        self._client = client
        self._stream_name = stream_name
        self._sleep = sleep
        self._monotonic = monotonic
        self._random = random
        self._budget_seconds = budget_seconds

    def append(self, records: Sequence[StreamRecord]) -> Sequence[StreamRecord]:
        """Append the records; returns those that no answer acknowledged when the budget is spent."""
        deadline = self._monotonic() + self._budget_seconds
        remainder = list(records)
        longest_pause = _FIRST_PAUSE_SECONDS
        while remainder:
            remainder = self._round(remainder, deadline)
            pause = self._random() * longest_pause
            if not remainder or self._monotonic() + pause >= deadline:
                break
            self._sleep(pause)
            longest_pause *= 2
        return remainder

    def _round(self, records: Sequence[StreamRecord], deadline: float) -> list[StreamRecord]:
        refused: list[StreamRecord] = []
        for at, call in enumerate(_calls(records)):
            # A large request is many calls; once time is up the others are left for the spill.
            late = at > 0 and self._monotonic() >= deadline
            refused.extend(call if late else self._put(call))
        return refused

    def _put(self, call: Sequence[StreamRecord]) -> Sequence[StreamRecord]:
        try:
            answer = self._client.put_records(
                StreamName=self._stream_name,
                Records=[
                    {"PartitionKey": record.partition_key, "Data": record.data} for record in call
                ],
            )
        except (ClientError, BotoCoreError):
            # A time-out may have been an acceptance: sending again makes duplicates, never a loss.
            return call
        results = answer.get("Records", ())
        if len(results) != len(call):
            return call
        return [
            record
            for record, result in zip(call, results, strict=True)
            if "SequenceNumber" not in result or result.get("ErrorCode")
        ]


def _calls(records: Sequence[StreamRecord]) -> Iterator[list[StreamRecord]]:
    call: list[StreamRecord] = []
    size = 0
    for record in records:
        weight = len(record.data) + len(record.partition_key.encode())
        if call and (len(call) == MAX_RECORDS_A_CALL or size + weight > MAX_BYTES_A_CALL):
            yield call
            call, size = [], 0
        call.append(record)
        size += weight
    if call:
        yield call
