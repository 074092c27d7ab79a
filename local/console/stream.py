"""What arrives in the stream, read beside its consumers: GetRecords on every shard, by no name of its own.

A shard gives five reads a second to all its readers together, of which the lander and the stitcher take
two: https://docs.aws.amazon.com/streams/latest/dev/service-sizes-and-limits.html, read 2026-11-27.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError
from headwater.errors import DependencyError
from headwater.lake.landing import LandingRecord

if TYPE_CHECKING:
    from mypy_boto3_kinesis import KinesisClient

_RECORDS_A_READ = 1_000
# A stream is split and merged now and then; nobody waits for its new shards more than this.
_LOOK_FOR_SHARDS_SECONDS = 30.0
_PASSING = frozenset({"ProvisionedThroughputExceededException", "LimitExceededException"})
_FROM_THE_BEGINNING: Mapping[str, Any] = {"ShardIteratorType": "TRIM_HORIZON"}


@dataclass(slots=True)
class _Position:
    """Where we stand in a shard. An iterator dies in five minutes; a sequence number does not."""

    iterator: str | None = None
    after: str | None = None


class StreamReader:
    """Reads a whole stream, from the given position on; each `read` goes on where the last one ended."""

    def __init__(
        self,
        client: "KinesisClient",
        stream: str,
        *,
        seconds: Callable[[], float],
        begin: Mapping[str, Any] = _FROM_THE_BEGINNING,
    ) -> None:
        """`begin`: GetShardIterator's arguments for the shards there are now; later ones are read whole."""
        self._client = client
        self._stream = stream
        self._seconds = seconds
        self._begin = begin
        self._positions: dict[str, _Position] = {}
        self._ended: set[str] = set()
        self._looked_at: float | None = None
        self._begun = False

    def read(self) -> Iterator[LandingRecord]:
        """Return what each shard has now, one read a shard; raises `DependencyError` on a fault."""
        try:
            self._find_shards()
            for shard, position in list(self._positions.items()):
                yield from self._of_shard(shard, position)
        except ClientError as error:
            code = error.response.get("Error", {}).get("Code", "")
            if code not in _PASSING:
                raise DependencyError(f"Kinesis: {code}") from error
        except BotoCoreError as error:
            raise DependencyError(f"Kinesis: {type(error).__name__}") from error

    def _find_shards(self) -> None:
        now = self._seconds()
        if self._looked_at is not None and now - self._looked_at < _LOOK_FOR_SHARDS_SECONDS:
            return
        self._looked_at = now
        pages = self._client.get_paginator("list_shards").paginate(StreamName=self._stream)
        for shard in (found["ShardId"] for page in pages for found in page["Shards"]):
            if shard not in self._positions and shard not in self._ended:
                begin = _FROM_THE_BEGINNING if self._begun else self._begin
                self._positions[shard] = _Position(self._iterator(shard, begin))
        self._begun = True

    def _iterator(self, shard: str, begin: Mapping[str, Any]) -> str:
        return self._client.get_shard_iterator(StreamName=self._stream, ShardId=shard, **begin)[
            "ShardIterator"
        ]

    def _of_shard(self, shard: str, position: _Position) -> Iterator[LandingRecord]:
        if position.iterator is None:
            position.iterator = self._iterator(shard, self._after(position))
        try:
            answer = self._client.get_records(
                ShardIterator=position.iterator, Limit=_RECORDS_A_READ
            )
        except self._client.exceptions.ExpiredIteratorException:
            position.iterator = (
                None  # nobody watched for a while: the next read begins after the last
            )
            return
        for record in answer["Records"]:
            position.after = record["SequenceNumber"]
            yield LandingRecord(
                shard=shard,
                sequence=record["SequenceNumber"],
                arrived_at=record["ApproximateArrivalTimestamp"].astimezone(UTC),
                lines=record["Data"],
            )
        following: Any = answer.get("NextShardIterator")  # absent at the end of a shard
        position.iterator = following
        if following is None:
            self._positions.pop(shard)
            self._ended.add(shard)
            self._looked_at = None  # it was split or merged: its children are there already

    def _after(self, position: _Position) -> Mapping[str, Any]:
        if position.after is None:
            return self._begin
        return {
            "ShardIteratorType": "AFTER_SEQUENCE_NUMBER",
            "StartingSequenceNumber": position.after,
        }


def from_moment(moment: datetime) -> Mapping[str, Any]:
    """Begin with what arrived at or after a moment."""
    return {"ShardIteratorType": "AT_TIMESTAMP", "Timestamp": moment}
