"""Batches that Lambda gave up on come back, once, whatever fails on the way."""

import json
from collections.abc import Mapping
from typing import Any

import pytest
from headwater.errors import DependencyError
from headwater.reinvocation import Reinvoked, reinvoke_all

from tests.fakes import MemoryStore

ARN = "arn:aws:lambda:us-east-1:123456789012:function:headwater-Stitcher-1"
EVENT = {"Records": [{"eventID": "shardId-000000000000:1", "kinesis": {"data": "e30K"}}]}


class Consumers:
    """Functions that answer as told and keep what they were called with."""

    def __init__(self, *answers: bytes | Exception) -> None:
        self._answers = list(answers)
        self.calls: list[tuple[str, Mapping[str, Any]]] = []

    def invoke(self, function: str, event: bytes) -> bytes:
        self.calls.append((function, json.loads(event)))
        answer = self._answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


def a_batch(payload: object) -> bytes:
    """What Lambda writes, as its documentation shows it."""
    return json.dumps(
        {
            "requestContext": {
                "requestId": "c9b8fa9f-5a7f-xmpl-af9c-0c604cde93a5",
                "functionArn": f"{ARN}:7",
                "condition": "RetryAttemptsExhausted",
                "approximateInvokeCount": 101,
            },
            "responseContext": {"statusCode": 200, "functionError": "Unhandled"},
            "version": "1.0",
            "timestamp": "2026-03-01T11:38:06.021Z",
            "KinesisBatchInfo": {"shardId": "shardId-000000000000", "batchSize": 1},
            "payload": payload,
        }
    ).encode()


def a_bucket(*batches: bytes) -> MemoryStore:
    store = MemoryStore()
    for number, batch in enumerate(batches):
        store.put(f"aws/lambda/a-source/shardId-000000000000/2026/03/01/{number}", batch)
    store.put("raw/dt=2026-03-01/hr=11/x.ndjson.gz", b"")
    return store


def ended(store: MemoryStore, consumers: Consumers, *, most: int = 99) -> list[Reinvoked]:
    times = iter(range(99))
    return list(reinvoke_all(store, consumers, has_time=lambda: next(times) < most))


@pytest.mark.parametrize("payload", [json.dumps(EVENT), EVENT], ids=["text", "object"])
@pytest.mark.parametrize("answer", [b'{"batchItemFailures": []}', b"null", b""])
def test_a_batch_goes_to_its_function_as_it_was_and_is_removed(
    payload: object, answer: bytes
) -> None:
    store, consumers = a_bucket(a_batch(payload)), Consumers(answer)

    (batch,) = ended(store, consumers)

    assert batch.fault == ""
    assert consumers.calls == [(f"{ARN}:live", EVENT)]
    assert list(store.objects) == ["raw/dt=2026-03-01/hr=11/x.ndjson.gz"]


@pytest.mark.parametrize(
    "answer",
    [
        b'{"batchItemFailures": [{"itemIdentifier": "1"}]}',
        DependencyError("Lambda Invoke: TooManyRequestsException"),
        b"<html>",
    ],
)
def test_a_batch_that_is_not_done_waits_and_holds_up_nobody(answer: bytes | Exception) -> None:
    store, consumers = a_bucket(a_batch(EVENT), a_batch(EVENT)), Consumers(answer, b"{}")

    first, second = ended(store, consumers)

    assert (bool(first.fault), bool(second.fault)) == (True, False)
    assert first.key in store.objects
    assert second.key not in store.objects


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b'{"requestContext": 1, "payload": "{}"}'])
def test_an_object_that_lambda_did_not_write_stays_and_holds_up_nobody(body: bytes) -> None:
    store, consumers = a_bucket(body, a_batch(EVENT)), Consumers(b"{}")

    first, second = ended(store, consumers)

    assert (bool(first.fault), bool(second.fault)) == (True, False)
    assert first.key in store.objects


def test_what_there_is_no_time_for_waits() -> None:
    store, consumers = a_bucket(a_batch(EVENT), a_batch(EVENT)), Consumers(b"{}", b"{}")

    assert len(ended(store, consumers, most=1)) == 1
    assert len(ended(store, consumers)) == 1
    assert len(consumers.calls) == 2
