"""The deliveries queue's adapter, against moto's SQS."""

from collections.abc import Iterator
from typing import Any

import boto3
import orjson
import pytest
from botocore.config import Config
from headwater.adapters.sqs import SqsQueue
from headwater.destination import Delivery
from headwater.errors import DependencyError
from headwater.ports import QueueMessage
from moto import mock_aws
from mypy_boto3_sqs import SQSClient

from tests.examples import NOON, a_stored_track


@pytest.fixture
def client(monkeypatch: pytest.MonkeyPatch) -> Iterator[SQSClient]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    with mock_aws():
        yield boto3.client(
            "sqs", region_name="us-east-1", config=Config(retries={"total_max_attempts": 1})
        )


@pytest.fixture
def url(client: SQSClient) -> str:
    return client.create_queue(QueueName="deliveries")["QueueUrl"]


def received(client: SQSClient, url: str) -> list[str]:
    bodies: list[str] = []
    while messages := client.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
        bodies += [message["Body"] for message in messages]
    return bodies


def test_more_messages_than_one_call_takes_all_arrive(client: SQSClient, url: str) -> None:
    bodies = [f"{number}" for number in range(23)]

    SqsQueue(client, url).send([QueueMessage(body, group="crm") for body in bodies])

    assert sorted(received(client, url)) == sorted(bodies)


def test_messages_too_large_for_one_call_together_all_arrive(client: SQSClient, url: str) -> None:
    bodies = [str(number) * 150_000 for number in range(4)]

    SqsQueue(client, url).send([QueueMessage(body, group="crm") for body in bodies])

    assert sorted(received(client, url)) == bodies


def test_a_queue_that_is_gone_is_a_dependency_error_without_the_content(client: SQSClient) -> None:
    queue = SqsQueue(client, "https://sqs.us-east-1.amazonaws.com/123456789012/gone")

    with pytest.raises(DependencyError) as refused:
        queue.send([QueueMessage("ada@example.com", group="crm")])

    assert str(refused.value) == "SQS SendMessageBatch: AWS.SimpleQueueService.NonExistentQueue"


def test_a_delivery_with_characters_that_sqs_refuses_bare_arrives_whole(
    client: SQSClient, url: str
) -> None:
    delivery = Delivery(
        destination_id="crm",
        events=(a_stored_track(properties={"note": "\ufffe \uffff \x01 \u2028 🥾"}),),
        first_at=NOON,
    )

    SqsQueue(client, url).send([delivery.to_message()])

    (body,) = received(client, url)
    assert not {"\ufffe", "\uffff"} & set(body)
    assert Delivery.from_json(orjson.loads(body)) == delivery


class RefusingClient:
    """An SQS that refuses some entries of a batch, by what `refuse` says of each call."""

    def __init__(self, refuse: list[dict[str, bool]]) -> None:
        self._refuse = refuse
        self.calls: list[list[str]] = []

    def send_message_batch(self, *, QueueUrl: str, Entries: list[Any]) -> Any:  # noqa: N803
        refused = self._refuse.pop(0)
        self.calls.append([entry["MessageBody"] for entry in Entries])
        return {
            "Failed": [
                {
                    "Id": entry["Id"],
                    "Code": "Fault",
                    "SenderFault": refused[entry["MessageBody"]],
                }
                for entry in Entries
                if entry["MessageBody"] in refused
            ]
        }


def messages(*bodies: str) -> list[QueueMessage]:
    return [QueueMessage(body, group="crm") for body in bodies]


def test_only_what_was_refused_is_sent_again() -> None:
    client: Any = RefusingClient([{"b": False, "c": False}, {"c": False}, {}])

    SqsQueue(client, "url").send(messages("a", "b", "c"))

    assert client.calls == [["a", "b", "c"], ["b", "c"], ["c"]]


def test_what_is_refused_every_time_is_a_dependency_error() -> None:
    client: Any = RefusingClient([{"a": False}] * 3)

    with pytest.raises(DependencyError, match="1 refused after 3 tries"):
        SqsQueue(client, "url").send(messages("a", "b"))


def test_our_own_fault_is_not_tried_again() -> None:
    client: Any = RefusingClient([{"a": True}])

    with pytest.raises(DependencyError, match="refused a message: Fault"):
        SqsQueue(client, "url").send(messages("a"))
