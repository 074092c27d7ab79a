"""Lines of the stream, as the collector writes them."""

from datetime import UTC, datetime

import orjson
from headwater.lake.landing import LandingRecord
from headwater.record import REJECTED_MARK

from tests.examples import a_stored_track

AT = datetime(2026, 3, 1, 12, 30, tzinfo=UTC)
SHARD = "shardId-000000000000"

REJECTED = REJECTED_MARK + orjson.dumps(
    {
        "code": "event_not_defined",
        "path": "$.event",
        "message": "a track call needs the name of its event",
        "sourceId": "shop-web",
        "receivedAt": "2026-03-01T12:30:00.000+00:00",
        "original": {"type": "track", "messageId": "m-bad", "anonymousId": "visitor"},
    }
)


def record(*lines: bytes, sequence: str = "100", shard: str = SHARD) -> LandingRecord:
    return LandingRecord(shard=shard, sequence=sequence, arrived_at=AT, lines=b"\n".join(lines))


def event_line(message_id: str, **fields: object) -> bytes:
    return a_stored_track(message_id, **fields).to_line().rstrip()
