"""A stream that is down is left alone for a while, so that requests go straight to the spill."""

from collections.abc import Callable, Sequence

from headwater.ports import Stream, StreamRecord


class BreakerStream:
    """`ports.Stream` before another one: it opens after failures in a row, and tries again later.

    A failure is an append of which nothing was acknowledged; a throttled stream takes something and
    keeps the breaker closed. While it is open, requests spend none of their time on retries.
    """

    def __init__(
        self,
        stream: Stream,
        *,
        monotonic: Callable[[], float],
        failures_to_open: int = 3,
        open_seconds: float = 30,
    ) -> None:
        self._stream = stream
        self._monotonic = monotonic
        self._failures_to_open = failures_to_open
        self._open_seconds = open_seconds
        self._failures = 0
        self._open_until = float("-inf")

    def append(self, records: Sequence[StreamRecord]) -> Sequence[StreamRecord]:
        """Append through the stream behind, or return every record at once while it rests."""
        if self._monotonic() < self._open_until:
            return records
        remainder = self._stream.append(records)
        if records and len(remainder) == len(records):
            self._failures += 1
        else:
            self._failures = 0
        if self._failures >= self._failures_to_open:
            self._open_until = self._monotonic() + self._open_seconds
        return remainder
