"""A Kinesis that acknowledges everything, as a process of its own, so its CPU is nobody's figure.

Run as `python -m benchmarks.sink`: prints its port, then serves until its standard input closes.
"""

import asyncio
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

# In a request's JSON a record has this member once; inside a string the quote would be escaped.
_A_RECORD = b'"PartitionKey":'
_ACKNOWLEDGED = b'{"SequenceNumber":"49543463076548007577105092703039560359975228518395012686","ShardId":"shardId-000000000000"}'


@contextmanager
def sink() -> Iterator[str]:
    """Run the sink while the block runs; its endpoint's URL."""
    process = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.sink"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        port = int(process.stdout.readline())
        yield f"http://127.0.0.1:{port}"
    finally:
        process.stdin.close()
        process.wait()
        process.stdout.close()


class _Connection(asyncio.Protocol):
    """One client: requests one after the other, answered as soon as they are whole."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._received = bytearray()

    def data_received(self, data: bytes) -> None:
        self._received += data
        head, found, _ = bytes(self._received[:65_536]).partition(b"\r\n\r\n")
        if not found:
            return
        headers = head.lower()
        end = len(head) + 4 + _content_length(headers)
        if b"\r\nexpect: 100-continue" in headers and len(self._received) == len(head) + 4 < end:
            self._transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        if len(self._received) < end:
            return
        body = bytes(self._received[len(head) + 4 : end])
        del self._received[:end]
        self._transport.write(_answer(headers, body))


def _content_length(headers: bytes) -> int:
    _, found, rest = headers.partition(b"content-length:")
    return int(rest.split(b"\r\n", 1)[0]) if found else 0


def _answer(headers: bytes, body: bytes) -> bytes:
    if b"kinesis_20131202.putrecords" in headers:
        acknowledged = b",".join([_ACKNOWLEDGED] * body.count(_A_RECORD))
        answer = b'{"FailedRecordCount":0,"Records":[' + acknowledged + b"]}"
    elif b"kinesis_20131202.putrecord" in headers:
        answer = _ACKNOWLEDGED
    else:
        answer = b""  # an object put into S3
    return (
        b"HTTP/1.1 200 OK\r\nContent-Type: application/x-amz-json-1.1\r\n"
        b"x-amzn-RequestId: 00000000-0000-0000-0000-000000000000\r\n"
        b"Content-Length: %d\r\n\r\n" % len(answer)
    ) + answer


async def _serve() -> None:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(_Connection, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await loop.run_in_executor(None, sys.stdin.buffer.read)
    server.close()


if __name__ == "__main__":
    asyncio.run(_serve())
