"""The HTTP adapter, against a vendor on loopback with every bad habit."""

import socket
import ssl
import time

import pytest
from headwater.adapters.http import MAX_BODY_BYTES, UrllibHttp
from headwater.ports import HttpRequest, HttpResponse

from tests.vendor import Asked, Vendor, drip, reply, reset, vendor

pytestmark = pytest.mark.enable_socket


def post(url: str, body: bytes | None = b"{}", **headers: str) -> HttpRequest:
    return HttpRequest("POST", url, headers, body, allow_private_addresses=True)


def test_a_request_goes_out_as_it_was_given_and_the_answer_comes_back() -> None:
    def answer(asked: Asked, connection: socket.socket, _: Vendor) -> None:
        reply(connection, 202, b"taken", {"Retry-After": "7"})

    with vendor(answer) as there:
        response = UrllibHttp().send(
            post(f"{there.url}/in?a=1", b'{"a":1}', Authorization="Bearer x"), timeout_seconds=5
        )

    assert response == HttpResponse(202, {"content-length": "5", "retry-after": "7"}, b"taken")
    (asked,) = there.asked
    assert (asked.method, asked.path, asked.body) == ("POST", "/in?a=1", b'{"a":1}')
    assert asked.headers["authorization"] == "Bearer x"
    assert asked.headers["host"] == f"127.0.0.1:{there.port}"


def test_connections_are_kept_and_used_again() -> None:
    http = UrllibHttp()

    with vendor(lambda _, connection, __: reply(connection, 200, b"ok")) as there:
        statuses = [http.send(post(there.url), timeout_seconds=5).status for _ in range(5)]

    assert (statuses, there.connections) == ([200] * 5, 1)


def test_a_redirect_is_an_answer_and_is_not_followed() -> None:
    def answer(asked: Asked, connection: socket.socket, _: Vendor) -> None:
        reply(connection, 302, headers={"Location": "/elsewhere"})

    with vendor(answer) as there:
        response = UrllibHttp().send(post(there.url), timeout_seconds=5)

    assert (response.status, len(there.asked)) == (302, 1)


HEAD = b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n"


def hang(asked: Asked, connection: socket.socket, there: Vendor) -> None:
    there.closing.wait(30)


def drip_the_head(asked: Asked, connection: socket.socket, there: Vendor) -> None:
    drip(connection, HEAD, there, every=0.05)


def drip_the_body(asked: Asked, connection: socket.socket, there: Vendor) -> None:
    connection.sendall(HEAD)
    drip(connection, b"x" * 500, there, every=0.05)


@pytest.mark.parametrize("habit", [hang, drip_the_head, drip_the_body])
def test_a_slow_vendor_has_the_time_given_and_no_more(
    habit: object,
) -> None:
    with vendor(habit) as there:  # type: ignore[arg-type]
        before = time.monotonic()
        response = UrllibHttp().send(post(there.url), timeout_seconds=0.3)
        took = time.monotonic() - before

    assert response == HttpResponse(0, fault="timeout")
    assert 0.25 < took < 10  # both hang and drip go on for half a minute


def test_a_vendor_that_breaks_off_is_a_connection_fault() -> None:
    with vendor(lambda _, connection, __: reset(connection)) as there:
        response = UrllibHttp().send(post(there.url), timeout_seconds=5)

    assert response == HttpResponse(0, fault="connection")


def test_an_answer_that_ends_too_early_is_a_connection_fault() -> None:
    def answer(asked: Asked, connection: socket.socket, _: Vendor) -> None:
        connection.sendall(HEAD + b"half")
        connection.shutdown(socket.SHUT_RDWR)

    with vendor(answer) as there:
        response = UrllibHttp().send(post(there.url), timeout_seconds=5)

    assert response == HttpResponse(0, fault="connection")


def test_nobody_listening_is_a_connection_fault() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]

    response = UrllibHttp().send(post(f"http://127.0.0.1:{port}/"), timeout_seconds=5)

    assert response == HttpResponse(0, fault="connection")


def test_the_answer_is_read_up_to_one_megabyte() -> None:
    with vendor(lambda _, connection, __: reply(connection, 200, b"x" * 3_000_000)) as there:
        response = UrllibHttp().send(post(there.url), timeout_seconds=5)

    assert (response.status, len(response.body)) == (200, MAX_BODY_BYTES)


def test_a_compressed_answer_is_not_unpacked() -> None:
    bomb = b"\x1f\x8b not really gzip"

    with vendor(
        lambda _, connection, __: reply(connection, 200, bomb, {"Content-Encoding": "gzip"})
    ) as there:
        response = UrllibHttp().send(post(there.url), timeout_seconds=5)

    assert response.body == bomb


def test_a_header_that_cannot_be_written_is_a_fault_that_does_not_repeat_it() -> None:
    with vendor(lambda _, connection, __: reply(connection, 200)) as there:
        response = UrllibHttp().send(post(there.url, Key="a\r\nInjected: b"), timeout_seconds=5)

    assert (response, there.asked) == (HttpResponse(0, fault="invalid_request"), [])


@pytest.mark.parametrize("url", ["http://127.0.0.1:{port}/", "https://127.0.0.1:{port}/"])
def test_without_permission_nothing_inside_the_network_is_called(url: str) -> None:
    with vendor(lambda _, connection, __: reply(connection, 200)) as there:
        response = UrllibHttp().send(
            HttpRequest("POST", url.format(port=there.port)), timeout_seconds=5
        )

    assert (response, there.connections) == (HttpResponse(0, fault="address_refused"), 0)


def test_a_name_that_turns_private_after_it_was_checked_is_still_refused() -> None:
    answers = iter([["127.0.0.1"], ["8.8.8.8", "169.254.169.254"]])
    http = UrllibHttp(resolve=lambda host, port: next(answers))

    first = http.send(HttpRequest("POST", "https://hooks.example.com/"), timeout_seconds=1)
    second = http.send(HttpRequest("POST", "https://hooks.example.com/"), timeout_seconds=1)

    assert [first.fault, second.fault] == ["address_refused", "address_refused"]


def test_the_address_that_was_checked_is_the_one_that_is_called() -> None:
    http = UrllibHttp(resolve=lambda host, port: ["127.0.0.1"])

    with vendor(lambda _, connection, __: reply(connection, 200)) as there:
        response = http.send(post(f"http://nowhere.invalid:{there.port}/"), timeout_seconds=5)

    assert response.status == 200
    assert there.asked[0].headers["host"] == f"nowhere.invalid:{there.port}"


def test_the_certificate_must_be_the_named_hosts_own() -> None:
    def answer(asked: Asked, connection: socket.socket, _: Vendor) -> None:
        reply(connection, 200)

    with vendor(answer) as there:
        response = UrllibHttp(
            resolve=lambda host, port: ["127.0.0.1"], ssl_context=ssl.create_default_context()
        ).send(post(f"https://hooks.example.com:{there.port}/"), timeout_seconds=2)

    # The vendor speaks no TLS at all: the least of what a wrong certificate would be.
    assert response.status == 0


def test_an_unknown_name_is_a_connection_fault() -> None:
    def unknown(host: str, port: int) -> list[str]:
        raise socket.gaierror("no such host")

    response = UrllibHttp(resolve=unknown).send(
        HttpRequest("POST", "https://nowhere.invalid/"), timeout_seconds=1
    )

    assert response == HttpResponse(0, fault="connection")
