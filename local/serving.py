"""A small threaded HTTP server for this machine: an application is a function from request to reply.

The edge, the shop and the sink are such functions, so their tests need no socket. It listens on
loopback only, keeps connections alive, and bounds a body before it reads it.
"""

import sys
import time
import traceback
from collections.abc import Callable, Generator, Iterable
from contextlib import closing
from dataclasses import dataclass, field
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ssl import SSLContext, SSLError
from threading import Thread
from typing import Any, Self
from urllib.parse import unquote

HOST = "127.0.0.1"
# API Gateway's own limit for a request's body: https://docs.aws.amazon.com/apigateway/latest/
# developerguide/http-api-quotas.html, read 2025-11-20.
MAX_BODY_BYTES = 10 * 1024 * 1024
_DRAIN_BYTES = 8 * MAX_BODY_BYTES
_IDLE_SECONDS = 75.0
_NO_BODY = frozenset({HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED})


@dataclass(frozen=True, slots=True)
class Request:
    """A request as it came over the wire; header names keep their spelling and may repeat."""

    method: str
    target: str
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    client: tuple[str, int] = ("127.0.0.1", 0)
    protocol: str = "HTTP/1.1"

    @property
    def raw_path(self) -> str:
        """The path as it was sent, still percent-encoded."""
        return self.target.partition("?")[0]

    @property
    def path(self) -> str:
        """The path with its percent-escapes resolved."""
        return unquote(self.raw_path)

    @property
    def query(self) -> str:
        """The query string as it was sent, without its question mark."""
        return self.target.partition("?")[2]

    def header(self, name: str) -> str | None:
        """Return the first header of that name, whatever its case."""
        wanted = name.lower()
        return next((value for key, value in self.headers if key.lower() == wanted), None)


@dataclass(frozen=True, slots=True)
class Reply:
    """What the application answers; `Content-Length`, `Date` and `Connection` are the server's.

    `stream` in place of `body` is sent as it comes, for as long as it comes or the client listens.
    """

    status: int
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = field(default=b"", repr=False)
    stream: Generator[bytes] | None = field(default=None, repr=False)


Application = Callable[[Request], Reply]
Log = Callable[[str], None]


class PortBusyError(Exception):
    """Another process listens on the port already."""


class Server:
    """A listening application; `start` serves in a thread of its own until `stop`."""

    def __init__(
        self, application: Application, port: int, *, log: Log, tls: SSLContext | None = None
    ) -> None:
        """Take the port (0: any free one), or raise `PortBusyError`; with `tls` it speaks https."""
        handler = type("_Handler", (_Handler,), {"application": staticmethod(application)})
        handler.log_line = staticmethod(log)  # type: ignore[attr-defined]
        try:
            self._server = _QuietServer((HOST, port), handler)
        except OSError as error:
            raise PortBusyError(f"port {port} on {HOST} is taken by another process") from error
        if tls is not None:
            # The handshake belongs to the connection's own thread, not to the one that accepts.
            self._server.socket = tls.wrap_socket(
                self._server.socket, server_side=True, do_handshake_on_connect=False
            )
        self._thread = Thread(target=self._server.serve_forever, args=(0.1,), daemon=True)

    @property
    def port(self) -> int:
        """The port it listens on."""
        return self._server.server_port

    @property
    def url(self) -> str:
        """Where to reach it."""
        return f"http://{HOST}:{self.port}"

    def start(self) -> Self:
        """Begin to serve, and return at once."""
        self._thread.start()
        return self

    def stop(self) -> None:
        """Stop taking connections and give the port back."""
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()


class _QuietServer(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Stay silent when a client went away; anything else is a fault of ours and is shown."""
        if not isinstance(sys.exception(), ConnectionError | TimeoutError | SSLError):
            super().handle_error(request, client_address)


class _BodyError(Exception):
    def __init__(self, status: HTTPStatus, message: str) -> None:
        super().__init__(message)
        self.reply = Reply(
            status, (("Content-Type", "application/json"),), b'{"message":"%s"}' % message.encode()
        )


def _unreadable() -> _BodyError:
    return _BodyError(HTTPStatus.BAD_REQUEST, "Bad Request")


def _too_large() -> _BodyError:
    # API Gateway's own words.
    return _BodyError(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "Request Entity Too Large")


class _Handler(BaseHTTPRequestHandler):
    application: Application
    log_line: Log
    protocol_version = "HTTP/1.1"
    timeout = _IDLE_SECONDS
    disable_nagle_algorithm = True
    wbufsize = -1

    def _serve(self) -> None:
        started = time.monotonic()
        try:
            body = self._body()
        except _BodyError as error:
            self.close_connection = True
            self._send(error.reply)
            self._drain()
            self._log(error.reply.status, started)
            return
        request = Request(
            method=self.command,
            target=self.path,
            headers=tuple((name, str(value)) for name, value in self.headers.items()),
            body=body,
            client=(str(self.client_address[0]), int(self.client_address[1])),
            protocol=self.request_version,
        )
        try:
            reply = type(self).application(request)
        except Exception:  # noqa: BLE001  the top of a request: it becomes that request's reply
            type(self).log_line(traceback.format_exc())
            reply = Reply(500, body=b'{"message":"Internal Server Error"}')
        self._log(reply.status, started)
        self._send(reply)

    # The standard library asks for these names.
    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = _serve  # noqa: N815

    def _body(self) -> bytes:
        if "chunked" in (self.headers.get("Transfer-Encoding") or "").lower():
            return b"".join(self._chunks())
        length = self.headers.get("Content-Length") or "0"
        if not (length.isascii() and length.isdigit()):
            raise _unreadable()
        if int(length) > MAX_BODY_BYTES:
            raise _too_large()
        return self._exactly(int(length))

    def _chunks(self) -> Iterable[bytes]:
        total = 0
        while size := self._chunk_size():
            total += size
            if total > MAX_BODY_BYTES:
                raise _too_large()
            yield self._exactly(size)
            self.rfile.readline(8)
        while self.rfile.readline(8192).strip():
            pass  # trailers: nothing here reads them

    def _chunk_size(self) -> int:
        line = self.rfile.readline(64).partition(b";")[0].strip()
        try:
            return int(line, 16)
        except ValueError:
            raise _unreadable() from None

    def _exactly(self, length: int) -> bytes:
        body = self.rfile.read(length)
        if len(body) < length:
            raise ConnectionResetError("the client left in the middle of its body")
        return body

    def _drain(self) -> None:
        # A client that is still writing when the socket closes sees a reset instead of the reply.
        left = _DRAIN_BYTES
        self.connection.settimeout(2.0)
        while left > 0 and (read := self.rfile.read1(65536)):
            left -= len(read)

    def _send(self, reply: Reply) -> None:
        if reply.stream is not None:
            self.close_connection = True  # nothing else says where it ends
        self.send_response(reply.status)
        for name, value in reply.headers:
            self.send_header(name, value)
        if reply.status not in _NO_BODY and reply.stream is None:
            self.send_header("Content-Length", str(len(reply.body)))
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        if self.command != "HEAD" and reply.status not in _NO_BODY:
            self.wfile.write(reply.body)
        self.wfile.flush()
        if reply.stream is not None:
            self._send_as_it_comes(reply.stream)

    def _send_as_it_comes(self, stream: Generator[bytes]) -> None:
        # Closed at once when the client went away, so that what it held is given back.
        with closing(stream):
            if self.command == "HEAD":
                return
            for piece in stream:
                self.wfile.write(piece)
                self.wfile.flush()

    def _log(self, status: int, started: float) -> None:
        # Neither query nor address: both may say who somebody is.
        milliseconds = (time.monotonic() - started) * 1000
        path = self.path.partition("?")[0]
        type(self).log_line(f"{self.command} {path} {status} {milliseconds:.0f}ms")

    def version_string(self) -> str:
        """Name this server, and nothing that runs it."""
        return "headwater-local"

    def log_message(self, format: str, *args: object) -> None:
        """Leave the standard library's own log out: `_log` writes one line a request."""
