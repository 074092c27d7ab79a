"""A vendor on loopback, with every bad habit: it answers each connection by a function of the request."""

import socket
import struct
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from threading import Event, Lock, Thread


@dataclass(frozen=True)
class Asked:
    """One request as the vendor read it: header names in lower case."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


type Answer = Callable[[Asked, socket.socket, "Vendor"], None]


class Vendor:
    """A server of one thread a connection; `asked` are the requests read, `closing` ends every wait."""

    def __init__(self, answer: Answer) -> None:
        self._answer = answer
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port: int = self._listener.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.asked: list[Asked] = []
        self.connections = 0
        self.closing = Event()
        self._lock = Lock()

    def serve(self) -> None:
        while not self.closing.is_set():
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            Thread(target=self._converse, args=(connection,), daemon=True).start()

    def close(self) -> None:
        self.closing.set()
        # Closing alone does not wake a thread that accepts.
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _converse(self, connection: socket.socket) -> None:
        with suppress(OSError), connection:
            while (asked := _read(connection)) is not None:
                with self._lock:
                    self.asked.append(asked)
                self._answer(asked, connection, self)


@contextmanager
def vendor(answer: Answer) -> Iterator[Vendor]:
    """Run the vendor while the block runs."""
    serving = Vendor(answer)
    thread = Thread(target=serving.serve, daemon=True)
    thread.start()
    try:
        yield serving
    finally:
        serving.close()
        thread.join()


def _read(connection: socket.socket) -> Asked | None:
    head = b""
    while b"\r\n\r\n" not in head:
        piece = connection.recv(65_536)
        if not piece:
            return None
        head += piece
    head, _, body = head.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    method, path, _ = first.split(" ")
    headers = {
        name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)
    }
    if headers.get("expect") == "100-continue":
        connection.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
    while len(body) < int(headers.get("content-length", "0")):
        piece = connection.recv(65_536)
        if not piece:
            return None
        body += piece
    return Asked(method, path, headers, body)


def reply(
    connection: socket.socket, status: int, body: bytes = b"", headers: dict[str, str] | None = None
) -> None:
    lines = {"Content-Length": str(len(body)), **(headers or {})}
    head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
    connection.sendall(f"HTTP/1.1 {status} Answer\r\n{head}\r\n".encode() + body)


def reset(connection: socket.socket) -> None:
    """Break the connection off with a TCP reset."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


def drip(connection: socket.socket, text: bytes, vendor: Vendor, *, every: float) -> None:
    """Send one byte at a time, until the vendor closes or the reader hangs up."""
    for byte in text:
        if vendor.closing.wait(every):
            return
        connection.sendall(bytes([byte]))
