"""Calls in batches that the collector takes: 500 KB and 2,500 events, never over a file's end.

What came from one line stays together, so that a line is answered for as a whole.
"""

from collections.abc import Iterable, Iterator

from local.load.call import Call

# The collector's own limits (headwater.workspace.door.Limits), less room for a line's second call.
BODY_BYTES = 500 * 1024 - 2_048
EVENTS = 2_500 - 1
_ENVELOPE = len(b'{"batch":[]}')


def batches(
    calls: Iterable[Call], *, body_bytes: int = BODY_BYTES, events: int = EVENTS
) -> Iterator[list[Call]]:
    """Return the calls in their order, as few batches as may be; one too large comes alone."""
    batch: list[Call] = []
    size = _ENVELOPE
    for call in calls:
        full = size + len(call.written) + 1 > body_bytes or len(batch) >= events
        if batch and (batch[0].file != call.file or (full and batch[-1].number != call.number)):
            yield batch
            batch, size = [], _ENVELOPE
        batch.append(call)
        size += len(call.written) + 1
    if batch:
        yield batch


def body(batch: Iterable[Call]) -> bytes:
    """Write the request's body."""
    return b'{"batch":[' + b",".join(call.written for call in batch) + b"]}"
