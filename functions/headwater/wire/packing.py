r"""Lines into records of the stream, and lines into the one object they spill to.

A record holds lines of one request up to 128 KB: a shard takes 1,000 records a second and the price
counts steps of 25 KB (design 6). Packing is greedy and in order, so the same lines always make the
same records, here and after a re-drive.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

import orjson

from headwater.outcomes import Rejected
from headwater.ports import StreamRecord
from headwater.record import REJECTED_MARK, StoredEvent, to_iso
from headwater.wire.request import Received

MAX_PACKED_BYTES = 128 * 1024
# A record may have 1 MiB with its key (Kinesis, PutRecords). One line alone stays well below.
MAX_LINE_BYTES = 900_000


@dataclass(frozen=True, slots=True)
class Line:
    """One line, and the partition key it asks for."""

    key: str
    data: bytes


def event_line(event: StoredEvent) -> Line:
    """Write a stored event; a device's events stay together, a placeholder id places nothing."""
    key = event.identity.anonymous_id or event.identity.user_id or event.message_id
    return Line(key, event.to_line())


def rejected_line(rejected: Rejected, received: Received) -> Line:
    """Write a rejected event with its fault and the original, so that it can be replayed."""
    line = _rejected_json(rejected, received, rejected.original)
    if len(line) > MAX_LINE_BYTES:
        # Only numbers grow when written anew, and only in an event far over the limit.
        text = orjson.dumps(rejected.original)[: MAX_LINE_BYTES // 2].decode("utf-8", "ignore")
        line = _rejected_json(rejected, received, {"cutOff": text})
    return Line(sha256(line).hexdigest()[:32], line)


def _rejected_json(rejected: Rejected, received: Received, original: object) -> bytes:
    content = {
        "code": rejected.code,
        "path": rejected.path,
        "message": rejected.message,
        "sourceId": received.source.id,
        "receivedAt": to_iso(received.at),
        "original": original,
    }
    if rejected.effect != "full":
        content["privacy"] = {"effect": rejected.effect, "reasons": rejected.reasons}
    return REJECTED_MARK + orjson.dumps(content, option=orjson.OPT_APPEND_NEWLINE)


def pack(lines: Iterable[Line]) -> tuple[StreamRecord, ...]:
    """Pack lines into records in order; a record's key is its first line's."""
    records: list[StreamRecord] = []
    key, parts, size = "", list[bytes](), 0
    for line in lines:
        if parts and size + len(line.data) > MAX_PACKED_BYTES:
            records.append(StreamRecord(key, b"".join(parts)))
            parts, size = [], 0
        if not parts:
            key = line.key
        parts.append(line.data)
        size += len(line.data)
    if parts:
        records.append(StreamRecord(key, b"".join(parts)))
    return tuple(records)


def unpack(body: bytes) -> tuple[Line, ...]:
    """Read the lines of a spilled object back, with the keys they had."""
    return tuple(Line(_key_of(data), data) for data in body.splitlines(keepends=True))


def _key_of(data: bytes) -> str:
    if data.startswith(REJECTED_MARK):
        return sha256(data).hexdigest()[:32]
    stored = orjson.loads(data)
    identity = stored["identity"]
    key: str = identity["anonymousId"] or identity["userId"] or stored["messageId"]
    return key


def spill_key(records: Sequence[StreamRecord], *, request_id: str, at: datetime) -> str:
    """Name the object that holds what the stream did not acknowledge.

    The digest of the lines is part of the name, so a second attempt under the same request id can
    find its own object there, and never takes another's for it.
    """
    digest = sha256(b"".join(record.data for record in records)).hexdigest()[:16]
    return f"spill/dt={at:%Y-%m-%d}/hr={at:%H}/{request_id}-{digest}.ndjson.gz"
