"""The way back of batches that Lambda gave up on: each is handed to its function once more.

Lambda writes such a batch to the bucket with its payload when a hundred attempts have failed, which
takes a service that stayed down. All three consumers do again what was done already without effect,
so a batch may come twice, or years late.
Source: docs.aws.amazon.com/lambda/latest/dg/kinesis-on-failure-destination.html, read 2026-11-23.
"""

from base64 import b64decode
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from headwater.errors import DependencyError
from headwater.ports import Functions, ObjectStore

PREFIX = "aws/lambda/"


@dataclass(frozen=True, slots=True)
class Reinvoked:
    """What became of one batch: done and removed, or why it waits for the next time."""

    key: str
    fault: str = ""


def reinvoke_all(
    store: ObjectStore, functions: Functions, *, has_time: Callable[[], bool]
) -> Iterator[Reinvoked]:
    """Invoke the function of every batch there is, while there is time; the rest waits."""
    for found in store.list(PREFIX):
        if not has_time():
            return
        try:
            _reinvoke(found.key, store, functions)
        except (DependencyError, ValueError, KeyError, TypeError) as error:
            # One that cannot be done must not keep the others waiting.
            yield Reinvoked(found.key, f"{type(error).__name__}: {error}")
        else:
            yield Reinvoked(found.key)


def given_up(store: ObjectStore, *, function: str) -> Iterator[bytes]:
    """Read the records of the stream that wait here for that function; what is no record is passed over."""
    for found in store.list(PREFIX):
        try:
            record = orjson.loads(store.get(found.key))
            if record["requestContext"]["functionArn"].split(":")[6] != function:
                continue
            for each in _event(record)["Records"]:
                yield b64decode(each["kinesis"]["data"])
        except (IndexError, KeyError, TypeError, ValueError):
            continue


def _event(record: Mapping[str, Any]) -> Any:
    # Lambda's documentation shows the event as text; an object would mean the same.
    payload = record["payload"]
    return orjson.loads(payload) if isinstance(payload, str) else payload


def _reinvoke(key: str, store: ObjectStore, functions: Functions) -> None:
    """Hand one batch over; it is deleted when its function says that all of it is done.

    Raises `DependencyError` while it is not; ValueError, KeyError or TypeError for an object that
    is no record of Lambda's.
    """
    record = orjson.loads(store.get(key))
    event = orjson.dumps(_event(record))
    function = _live(record["requestContext"]["functionArn"])
    answer = orjson.loads(functions.invoke(function, event) or b"{}")
    if answer and answer.get("batchItemFailures"):
        raise DependencyError("a part of the batch is still not done")
    store.delete(key)


def _live(arn: str) -> str:
    """Name the function's alias, whichever version of it gave up: what is deployed now may do better."""
    return ":".join([*arn.split(":")[:7], "live"])
