"""What the stream does not acknowledge waits in the bucket, and goes back to the stream later.

One object a request, in the lines of the stream, so nothing needs to be understood to bring it back
(design 12; the durability reference, D).
"""

import gzip
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from headwater.errors import DependencyError
from headwater.outcomes import RefuseCode, Refused
from headwater.ports import ObjectStore, Stream, StreamRecord
from headwater.wire.ending import CommittedTo
from headwater.wire.packing import pack, spill_key, unpack

PREFIX = "spill/"
DONE_PREFIX = "spill-done/"

# A bucket notification takes seconds; one that is lost is made up for by the hourly sweep.
NOTICED_WITHIN = timedelta(minutes=15)

# When both stream and bucket refuse: about as long as the breaker leaves the stream alone.
RETRY_AFTER_SECONDS = 30


def commit(
    records: Sequence[StreamRecord],
    *,
    stream: Stream,
    store: ObjectStore,
    request_id: str,
    at: datetime,
) -> CommittedTo | Refused:
    """Have every record acknowledged by the stream, or what it left over by one spill object."""
    remainder = stream.append(records)
    if not remainder:
        return "stream"
    body = gzip.compress(b"".join(record.data for record in remainder), mtime=0)
    try:
        # False, "it is there already", is an acknowledgement too: the name holds the lines' digest.
        store.put(spill_key(remainder, request_id=request_id, at=at), body, if_absent=True)
    except DependencyError:
        return Refused(
            RefuseCode.UNAVAILABLE,
            "nothing can be stored now: send it again later",
            retry_after_seconds=RETRY_AFTER_SECONDS,
        )
    return "spill"


def redrive(key: str, *, stream: Stream, store: ObjectStore) -> None:
    """Bring one spilled object back to the stream, then move it to `spill-done/`.

    Raises `DependencyError` while the stream still refuses a line; nothing moves then. A crash in
    between makes duplicates, which the messageId absorbs; it never loses a line. An object that is
    gone was brought back before: queues and sweeps may name one twice.
    """
    if not any(found.key == key for found in store.list(key)):
        return
    records = pack(unpack(gzip.decompress(store.get(key))))
    if stream.append(records):
        raise DependencyError("the stream does not take the spilled lines yet")
    store.move(key, DONE_PREFIX + key.removeprefix(PREFIX))


def forgotten(store: ObjectStore, *, now: datetime) -> Iterator[str]:
    """List what lies in the spill longer than its notification would have taken, oldest name first."""
    for found in store.list(PREFIX):
        if now - found.modified_at > NOTICED_WITHIN:
            yield found.key
