"""The edge: one origin for shop and collector, and calls that never overrun this machine."""

import json
from threading import Barrier, Lock, Thread

import pytest
from botocore.exceptions import EndpointConnectionError

from local.edge import Collector, same_origin, taking_turns
from local.serving import Reply, Request


def named(name: str) -> Reply:
    return Reply(200, body=name.encode())


@pytest.mark.parametrize(
    ("path", "who"),
    [
        ("/ev/v1/t", "collector"),
        ("/ev", "collector"),
        ("/ev/", "collector"),
        ("/everything", "pages"),
        ("/", "pages"),
        ("/api/account", "server"),
        ("/apis", "pages"),
    ],
)
def test_our_path_is_the_collectors_and_the_rest_is_the_shops(path: str, who: str) -> None:
    site = same_origin(
        lambda _: named("collector"), lambda _: named("server"), lambda _: named("pages"), "/ev"
    )

    assert site(Request("GET", path)).body == who.encode()


def test_the_function_gets_the_event_and_its_answer_goes_back() -> None:
    def invoke(payload: bytes) -> tuple[bytes, bool]:
        path = json.loads(payload)["rawPath"]
        return json.dumps({"statusCode": 200, "body": path}).encode(), False

    assert Collector(invoke, log=print)(Request("POST", "/ev/v1/t")).body == b"/ev/v1/t"


def test_a_crash_of_the_function_is_a_500_and_is_told_in_the_log() -> None:
    log: list[str] = []
    collector = Collector(lambda _: (b'{"errorMessage": "on purpose"}', True), log=log.append)

    assert collector(Request("POST", "/ev/v1/t")).status == 500
    assert log == ['the collector crashed: {"errorMessage": "on purpose"}']


def test_a_function_that_cannot_be_called_is_a_503() -> None:
    def invoke(_: bytes) -> tuple[bytes, bool]:
        raise EndpointConnectionError(endpoint_url="http://127.0.0.1:1")

    log: list[str] = []

    assert Collector(invoke, log=log.append)(Request("POST", "/ev/v1/t")).status == 503
    assert log == ["the collector cannot be called: EndpointConnectionError"]


def test_no_more_calls_run_at_a_time_than_there_are_turns() -> None:
    lock, running, most = Lock(), 0, 0
    # Two calls meet here, or the test hangs and breaks: a third would be counted.
    meeting = Barrier(2, timeout=10)

    def invoke(payload: bytes) -> tuple[bytes, bool]:
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
        meeting.wait()
        with lock:
            running -= 1
        return payload, False

    in_turn = taking_turns(invoke, at_once=2)
    answers: list[bytes] = []
    threads = [Thread(target=lambda: answers.append(in_turn(b"x")[0])) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert (most, answers) == (2, [b"x"] * 8)


def test_a_failed_call_gives_its_turn_back() -> None:
    def invoke(payload: bytes) -> tuple[bytes, bool]:
        if payload == b"bad":
            raise ValueError
        return payload, False

    in_turn = taking_turns(invoke, at_once=1)

    with pytest.raises(ValueError):  # noqa: PT011  any error of the call is passed on
        in_turn(b"bad")
    assert in_turn(b"good") == (b"good", False)
