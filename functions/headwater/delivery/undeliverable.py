"""The object that keeps what a vendor never took, with the reason, ready to be replayed."""

import gzip
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

import orjson

from headwater.destination import Delivery, Result
from headwater.record import StoredEvent, to_iso

PREFIX = "undeliverable/"
MALFORMED = "malformed"


@dataclass(frozen=True, slots=True)
class KeptObject:
    """An object to be written: the same content always has the same key."""

    key: str
    body: bytes


def kept(
    delivery: Delivery, undeliverable: Sequence[tuple[StoredEvent, Result]], *, now: datetime
) -> KeptObject:
    """Write one JSON line an event: `{destinationId, reason, detail, firstAt, attempt, keptAt, event}`."""
    lines = b"".join(
        orjson.dumps(
            {
                "destinationId": delivery.destination_id,
                "reason": result.reason,
                "detail": result.detail,
                "firstAt": to_iso(delivery.first_at),
                "attempt": delivery.attempt,
                "keptAt": to_iso(now),
                "event": event.to_json(),
            },
            option=orjson.OPT_APPEND_NEWLINE,
        )
        for event, result in undeliverable
    )
    # Named by what is in it, so a message that is handled twice is kept once.
    name = sha256(
        orjson.dumps(
            [
                to_iso(delivery.first_at),
                *((event.source.id, event.message_id) for event, _ in undeliverable),
            ]
        )
    )
    return _object(delivery.destination_id, name.hexdigest(), lines, now=now)


def kept_malformed(body: str, *, now: datetime) -> KeptObject:
    """Keep a queued message that is no delivery, as it came."""
    raw = body.encode("utf-8", "surrogatepass")
    return _object(MALFORMED, sha256(raw).hexdigest(), raw, now=now)


def _object(folder: str, digest: str, body: bytes, *, now: datetime) -> KeptObject:
    key = f"{PREFIX}{folder}/dt={now:%Y-%m-%d}/{digest[:32]}.json.gz"
    return KeptObject(key, gzip.compress(body, compresslevel=6, mtime=0))
