"""The small HTTP server behind edge, shop and sink; over real sockets, on loopback only."""

import http.client
import itertools
import socket
from collections.abc import Generator, Iterator
from dataclasses import dataclass, field
from threading import Event

import pytest

from local.serving import HOST, MAX_BODY_BYTES, PortBusyError, Reply, Request, Server

pytestmark = pytest.mark.enable_socket


@dataclass
class Running:
    server: Server
    log: list[str]
    closed: Event
    seen: list[Request] = field(default_factory=list)

    def connect(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection(HOST, self.server.port, timeout=10)

    def raw(self, sent: bytes) -> bytes:
        with socket.create_connection((HOST, self.server.port), timeout=10) as connection:
            connection.sendall(sent)
            connection.shutdown(socket.SHUT_WR)
            return b"".join(iter(lambda: connection.recv(65536), b""))


def counted(closed: Event) -> Generator[bytes]:
    try:
        for number in itertools.count():
            yield f"{number} ".encode()
    finally:
        closed.set()


@pytest.fixture
def running() -> Iterator[Running]:
    log: list[str] = []
    closed = Event()
    seen: list[Request] = []

    def echo(request: Request) -> Reply:
        seen.append(request)
        if request.path == "/crash":
            raise RuntimeError("on purpose")
        if request.path == "/stream":
            return Reply(200, (("Content-Type", "text/event-stream"),), stream=counted(closed))
        if request.path == "/empty":
            return Reply(204, (("X-Empty", "yes"),))
        return Reply(200, (("Content-Type", "text/plain"),), request.body or b"hello")

    with Server(echo, 0, log=log.append) as server:
        yield Running(server, log, closed, seen)


def test_one_connection_carries_many_requests(running: Running) -> None:
    connection = running.connect()
    answers = []
    for body in (b"one", b"two", b"three"):
        connection.request("POST", "/a?b=c", body=body)
        answers.append(connection.getresponse().read())

    assert answers == [b"one", b"two", b"three"]
    assert len({request.client for request in running.seen}) == 1
    connection.close()


def test_a_head_request_learns_the_length_and_gets_no_body(running: Running) -> None:
    answer = running.raw(b"HEAD / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")

    head, _, body = answer.partition(b"\r\n\r\n")
    assert b"Content-Length: 5" in head.split(b"\r\n")
    assert body == b""


def test_a_reply_without_content_leaves_the_connection_usable(running: Running) -> None:
    connection = running.connect()
    connection.request("OPTIONS", "/empty")
    reply = connection.getresponse()

    assert (reply.status, reply.getheader("X-Empty"), reply.read()) == (204, "yes", b"")
    connection.request("GET", "/")
    assert connection.getresponse().read() == b"hello"
    connection.close()


def test_a_chunked_body_arrives_whole(running: Running) -> None:
    connection = running.connect()
    connection.request("POST", "/", body=iter([b"one ", b"two"]), encode_chunked=True)

    assert connection.getresponse().read() == b"one two"
    connection.close()


@pytest.mark.parametrize("length", [MAX_BODY_BYTES + 1, 10**30])
def test_a_body_over_ten_megabytes_is_refused_before_it_is_read(
    running: Running, length: int
) -> None:
    answer = running.raw(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\nabc" % length)

    assert answer.startswith(b"HTTP/1.1 413 ")
    assert answer.endswith(b'\r\n\r\n{"message":"Request Entity Too Large"}')
    assert running.seen == []


def test_a_chunked_body_over_ten_megabytes_is_refused(running: Running) -> None:
    answer = running.raw(
        b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nffffffff\r\nabc"
    )

    assert answer.startswith(b"HTTP/1.1 413 ")


@pytest.mark.parametrize(
    "header", [b"Content-Length: -1", b"Content-Length: x", b"Transfer-Encoding: chunked"]
)
def test_a_length_that_is_none_is_a_bad_request(running: Running, header: bytes) -> None:
    answer = running.raw(b"POST / HTTP/1.1\r\nHost: x\r\n" + header + b"\r\n\r\nnonsense\r\n")

    assert answer.startswith(b"HTTP/1.1 400 ")
    assert running.seen == []


def test_a_client_that_leaves_in_mid_body_disturbs_nobody(running: Running) -> None:
    running.raw(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nhalf")

    assert running.seen == []
    connection = running.connect()
    connection.request("GET", "/")
    assert connection.getresponse().read() == b"hello"
    connection.close()


def test_a_crash_is_a_500_for_that_request_only(running: Running) -> None:
    connection = running.connect()
    connection.request("GET", "/crash")
    crashed = connection.getresponse()
    crashed.read()
    connection.request("GET", "/")

    assert (crashed.status, connection.getresponse().read()) == (500, b"hello")
    assert any("on purpose" in line for line in running.log)
    connection.close()


def test_the_log_has_one_line_a_request_and_no_query(running: Running) -> None:
    connection = running.connect()
    connection.request("GET", "/a?email=peter@initec.example")
    connection.getresponse().read()
    connection.close()

    assert [line.rpartition(" ")[0] for line in running.log] == ["GET /a 200"]


def test_a_taken_port_is_named(running: Running) -> None:
    with pytest.raises(PortBusyError, match=f"port {running.server.port} on 127.0.0.1 is taken"):
        Server(lambda _: Reply(200), running.server.port, log=running.log.append)


def test_a_stream_is_sent_as_it_comes_and_closed_when_the_client_goes(running: Running) -> None:
    connection = running.connect()
    connection.request("GET", "/stream")
    reply = connection.getresponse()
    first = reply.read(6)
    reply.close()
    connection.close()

    assert (reply.getheader("Content-Length"), reply.getheader("Connection")) == (None, "close")
    assert first == b"0 1 2 "
    assert running.closed.wait(10)
