"""What stands between a real client and the edge: it writes every exchange down, and fails on demand.

The collector refuses only when overloaded, which nobody can ask it to be; so the front takes its place
for the next uploads, with the headers that the collector itself gives that page.
"""

import gzip
import http.client
import json
import time
from collections.abc import Generator, Iterable, Iterator
from dataclasses import dataclass, field
from ssl import SSLContext
from threading import Event, Lock
from typing import Any, Self
from urllib.parse import urlsplit

from local.endpoints import Endpoints
from local.serving import HOST, Reply, Request, Server
from tests.e2e.stack import PATIENCE_SECONDS

_OF_ONE_CONNECTION = frozenset(
    {"connection", "keep-alive", "transfer-encoding", "content-length", "date", "server"}
)
_JSON = (("Content-Type", "application/json"),)
_HTML = (("Content-Type", "text/html; charset=utf-8"),)
_JAVASCRIPT = (("Content-Type", "text/javascript"),)
# Client metrics, and our own tag's words about a choice.
_NO_EVENTS = frozenset({"m", "optout", "consent", "reset"})
# What is written down when the edge is not there; the client sees its connection end.
_UNREACHABLE = Reply(0)
# Longer than the first wait of any client that means to come back (analytics.js: half a second).
_QUIET_SECONDS = 1.2


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request as the client sent it, and what it was answered; `injected` when by the front."""

    at: float
    request: Request = field(repr=False)
    status: int
    injected: bool

    @property
    def messages(self) -> tuple[dict[str, Any], ...]:
        """The events it carried, each with its batch's `sentAt`."""
        body = self.request.body
        content = json.loads(gzip.decompress(body) if body[:2] == b"\x1f\x8b" else body)
        if "batch" not in content:
            return (content,)
        shared = {"sentAt": content["sentAt"]} if content.get("sentAt") else {}
        return tuple({**shared, **message} for message in content["batch"])


class Front:
    """One origin: a page of the test, its script, and the whole edge behind every other path."""

    def __init__(
        self, endpoints: Endpoints, *, script: bytes = b"", tls: SSLContext | None = None
    ) -> None:
        """Pass everything to the edge of these endpoints, but the page and its script.

        With `tls` it is reached over https too, with a certificate that nobody trusts.
        """
        upstream = urlsplit(endpoints.collector)
        self._prefix = endpoints.prefix
        self._upstream = (upstream.hostname or "", upstream.port or 80)
        self._own = {
            "/": Reply(
                200, _HTML, b"<!doctype html><title>Test</title><script src=/own.js></script>"
            ),
            "/own.js": Reply(200, _JAVASCRIPT, script),
            "/favicon.ico": Reply(204),
        }
        self._faults: list[tuple[int, int]] = []
        self._exchanges: list[Exchange] = []
        self._unanswered = 0
        self._lock = Lock()
        self._holds_ends = False
        self._leaves = Event()
        self._plain = Server(self._answer, 0, log=lambda _: None)
        self._secure = Server(self._answer, 0, log=lambda _: None, tls=tls) if tls else None

    def __enter__(self) -> Self:
        for server in filter(None, (self._plain, self._secure)):
            server.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._leaves.set()
        for server in filter(None, (self._plain, self._secure)):
            server.stop()

    @property
    def url(self) -> str:
        """Where it answers."""
        return self._plain.url

    @property
    def elsewhere(self) -> str:
        """Where it answers under another name of this machine: another origin to a browser."""
        return self.url.replace(HOST, "localhost")

    @property
    def secure_url(self) -> str:
        """Where it answers over https, or over http when it was given no certificate."""
        server = self._secure or self._plain
        return f"{'https' if self._secure else 'http'}://{HOST}:{server.port}"

    def page(self, html: str, path: str = "/", headers: tuple[tuple[str, str], ...] = ()) -> None:
        """Serve this as the page of the path from now on."""
        self._own[path] = Reply(200, (*_HTML, *headers), html.encode())

    def script(self, path: str, content: str) -> None:
        """Serve this as the script of the path from now on."""
        self._own[path] = Reply(200, _JAVASCRIPT, content.encode())

    def fail(self, times: int, *, status: int, retry_after_seconds: int) -> None:
        """Answer the next uploads so, in the collector's place."""
        with self._lock:
            self._faults += [(status, retry_after_seconds)] * times

    def hold_ends(self) -> None:
        """Answer the next uploads with a head at once, and keep the body back until the front leaves."""
        self._holds_ends = True

    @property
    def exchanges(self) -> tuple[Exchange, ...]:
        """All that passed so far, but the page and its script."""
        with self._lock:
            return tuple(self._exchanges)

    @property
    def uploads(self) -> tuple[Exchange, ...]:
        """The requests that carried events, in the order in which they were answered."""
        return tuple(exchange for exchange in self.exchanges if _is_upload(exchange.request))

    def settled(
        self, *, events: int = 0, uploads: int = 0, silence_seconds: float = _QUIET_SECONDS
    ) -> tuple[Exchange, ...]:
        """Wait until so many events were taken and so many uploads answered, and silence after them.

        Returns the uploads there are when the patience ends, to be asserted.
        """
        deadline = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < deadline:
            seen = self.uploads
            enough = len(seen) >= max(1, uploads) and len(set(taken(seen))) >= events
            silent = self._unanswered == 0 and enough and _age(seen[-1]) > silence_seconds
            if silent:
                break
            time.sleep(0.05)
        return self.uploads

    def _answer(self, request: Request) -> Reply:
        own = self._own.get(request.path)
        if request.method == "GET" and own is not None:
            return own
        with self._lock:
            self._unanswered += 1
            fault = self._faults.pop(0) if self._faults and _is_upload(request) else None
        reply = _UNREACHABLE
        try:
            reply = self._pass_on(request) if fault is None else self._failed(request, *fault)
        finally:
            with self._lock:
                self._unanswered -= 1
                self._exchanges.append(
                    Exchange(time.monotonic(), request, reply.status, fault is not None)
                )
        if self._holds_ends and _is_upload(request):
            return Reply(reply.status, reply.headers, stream=self._held(reply.body))
        return reply

    def _held(self, body: bytes) -> Generator[bytes]:
        self._leaves.wait(PATIENCE_SECONDS)
        yield body

    def _failed(self, request: Request, status: int, retry_after_seconds: int) -> Reply:
        # The page must be able to read the refusal, as far as the collector would let it.
        health = Request("GET", f"{self._prefix}/v1/health", request.headers)
        permission = [
            (name, value)
            for name, value in self._pass_on(health).headers
            if name.lower().startswith("access-control-")
        ]
        seconds = str(retry_after_seconds)
        come_back = (("Retry-After", seconds), ("X-RateLimit-Reset", seconds))
        words = {"code": "unavailable", "message": "try again", "error": "try again"}
        body = json.dumps({"success": False, **words}).encode()
        return Reply(status, (*permission, *come_back, *_JSON), body)

    def _pass_on(self, request: Request) -> Reply:
        connection = http.client.HTTPConnection(*self._upstream, timeout=60)
        try:
            connection.putrequest(
                request.method, request.target, skip_host=True, skip_accept_encoding=True
            )
            for name, value in _passed(request.headers):
                connection.putheader(name, value)
            connection.putheader("Content-Length", str(len(request.body)))
            connection.endheaders(request.body or None)
            answer = connection.getresponse()
            return Reply(answer.status, tuple(_passed(answer.getheaders())), answer.read())
        finally:
            connection.close()


def taken(exchanges: Iterable[Exchange]) -> Iterator[str]:
    """Return the messageId of each event of the requests answered 200, once for each time."""
    for exchange in exchanges:
        if exchange.status == 200:
            yield from (message["messageId"] for message in exchange.messages)


def _age(exchange: Exchange) -> float:
    return time.monotonic() - exchange.at


def _is_upload(request: Request) -> bool:
    return request.method == "POST" and request.path.rpartition("/")[2] not in _NO_EVENTS


def _passed(headers: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    return ((name, value) for name, value in headers if name.lower() not in _OF_ONE_CONNECTION)
