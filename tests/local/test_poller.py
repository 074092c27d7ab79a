from collections.abc import Mapping
from typing import Any

from local.poller import EventSource, FailedBatch, Poller, StreamRecord, kinesis_record


def shard(length: int) -> list[StreamRecord]:
    return [kinesis_record(b"line\n", sequence=number, arrived_at=0.0) for number in range(length)]


def numbers(records: list[StreamRecord]) -> list[int]:
    return [int(record["kinesis"]["sequenceNumber"][4:]) for record in records]


class Function:
    """Notes what it is given; fails on the records it is told to, in the way it is told to."""

    def __init__(self, fails: Mapping[int, int] | None = None, *, raises: bool = False) -> None:
        self.given: list[list[int]] = []
        self._left = dict(fails or {})
        self._raises = raises

    def __call__(self, event: dict[str, list[StreamRecord]]) -> Mapping[str, Any] | None:
        given = numbers(event["Records"])
        self.given.append(given)
        for number, record in zip(given, event["Records"], strict=True):
            if self._left.get(number, 0) > 0:
                self._left[number] -= 1
                if self._raises:
                    raise RuntimeError
                return {
                    "batchItemFailures": [
                        {"itemIdentifier": record["kinesis"]["sequenceNumber"]},
                    ]
                }
        return {"batchItemFailures": []}


def test_a_shard_is_delivered_in_order_and_in_batches() -> None:
    function = Function()

    Poller(function, EventSource(batch_size=2)).drain(shard(5))

    assert function.given == [[0, 1], [2, 3], [4]]


def test_a_named_failure_resumes_the_batch_there() -> None:
    function = Function({2: 2})

    Poller(function).drain(shard(4))

    assert function.given == [[0, 1, 2, 3], [2, 3], [2, 3]]


def test_the_lowest_of_several_failures_counts() -> None:
    records = shard(4)
    answers = [
        {"batchItemFailures": [{"itemIdentifier": records[n]["kinesis"]["sequenceNumber"]}
                               for n in (3, 1)]},
        None,
    ]  # fmt: skip
    given: list[list[int]] = []

    def function(event: dict[str, list[StreamRecord]]) -> Mapping[str, Any] | None:
        given.append(numbers(event["Records"]))
        return answers.pop(0)

    Poller(function).drain(records)

    assert given == [[0, 1, 2, 3], [1, 2, 3]]


def test_an_error_splits_the_batch_until_the_bad_record_stands_alone() -> None:
    function = Function({2: 100}, raises=True)
    poller = Poller(function, EventSource(maximum_retry_attempts=1))

    poller.drain(shard(4))

    assert function.given == [[0, 1, 2, 3], [0, 1], [2, 3], [2], [2], [3]]
    assert poller.failed == [FailedBatch("RetryAttemptsExhausted", 2, (shard(4)[2],))]


def test_without_bisecting_an_error_tries_the_whole_batch_again() -> None:
    function = Function({1: 1}, raises=True)

    Poller(function, EventSource(bisect_batch_on_function_error=False)).drain(shard(3))

    assert function.given == [[0, 1, 2], [0, 1, 2]]


def test_a_batch_that_never_ends_well_goes_to_the_on_failure_destination_with_its_records() -> None:
    function = Function({1: 100})
    poller = Poller(function, EventSource(maximum_retry_attempts=2, batch_size=2))

    poller.drain(shard(3))

    assert function.given == [[0, 1], [1], [1], [2]]
    assert poller.failed == [FailedBatch("RetryAttemptsExhausted", 3, (shard(3)[1],))]


def test_a_failure_that_names_no_record_fails_the_whole_batch() -> None:
    answers: list[Mapping[str, Any]] = [
        {"batchItemFailures": [{"itemIdentifier": ""}]},
        {"batchItemFailures": [{"itemIdentifier": "elsewhere"}]},
        {"batchItemFailures": []},
    ]
    given: list[list[int]] = []

    def function(event: dict[str, list[StreamRecord]]) -> Mapping[str, Any]:
        given.append(numbers(event["Records"]))
        return answers.pop(0)

    Poller(function).drain(shard(2))

    assert given == [[0, 1], [0, 1], [0, 1]]


def test_without_partial_results_the_answer_is_not_looked_at() -> None:
    function = Function({0: 1})

    Poller(function, EventSource(report_batch_item_failures=False)).drain(shard(2))

    assert function.given == [[0, 1]]
