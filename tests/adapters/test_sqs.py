"""The deliveries queue's adapter, against moto's SQS."""

from collections.abc import Callable, Iterator
from typing import Any

import boto3
import orjson
import pytest
from botocore.config import Config
from headwater.adapters.sqs import SqsQueue
from headwater.destination import Delivery
from headwater.errors import DependencyError
from headwater.ports import QueueMessage, WaitingMessage
from moto import mock_aws
from mypy_boto3_sqs import SQSClient

from tests.examples import NOON, a_stored_track
from tests.short_polls import poll_shortly

A_LOAN = WaitingMessage("id", "handle", "body")


@pytest.fixture
def client(monkeypatch: pytest.MonkeyPatch) -> Iterator[SQSClient]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    with mock_aws():
        made = boto3.client(
            "sqs", region_name="us-east-1", config=Config(retries={"total_max_attempts": 1})
        )
        poll_shortly(made.meta.events)
        yield made


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


def borrowed(queue: SqsQueue) -> list[WaitingMessage]:
    """Every message, each borrowed for a minute."""
    every: list[WaitingMessage] = []
    while messages := queue.receive(hidden_seconds=60):
        every += messages
    return every


def test_what_is_borrowed_comes_whole_and_nobody_else_sees_it(client: SQSClient, url: str) -> None:
    queue = SqsQueue(client, url)
    sent = {f"body {number}": f"group-{number % 3}" for number in range(23)}
    queue.send([QueueMessage(body, group=group) for body, group in sent.items()])
    assert queue.count() == 23

    messages = borrowed(queue)

    assert {message.body: message.group for message in messages} == sent
    assert len({message.id for message in messages}) == len(messages) == 23
    assert queue.count() == 0
    assert not queue.receive(hidden_seconds=60)


def test_a_look_asks_every_server_of_the_queue(client: SQSClient, url: str) -> None:
    asked: list[int] = []

    def listen(params: dict[str, Any], **_: Any) -> None:
        asked.append(params["WaitTimeSeconds"])

    client.meta.events.register_first("before-parameter-build.sqs.ReceiveMessage", listen)

    SqsQueue(client, url).receive(hidden_seconds=60)

    assert asked == [1]


def test_what_is_given_back_is_there_at_once_and_what_is_deleted_never(
    client: SQSClient, url: str
) -> None:
    queue = SqsQueue(client, url)
    queue.send(messages("stays", "goes"))
    lent = {message.body: message for message in borrowed(queue)}

    queue.give_back(lent["stays"])
    queue.delete(lent["goes"])

    (again,) = borrowed(queue)
    assert (again.id, again.body, again.group) == (lent["stays"].id, "stays", "crm")
    assert again.handle != lent["stays"].handle  # a loan of its own
    attributes = client.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
    assert attributes["ApproximateNumberOfMessagesNotVisible"] == "1"


def test_what_is_kept_too_long_comes_back_by_itself(client: SQSClient, url: str) -> None:
    queue = SqsQueue(client, url)
    queue.send(messages("a"))

    (first,) = queue.receive(hidden_seconds=0)
    (second,) = queue.receive(hidden_seconds=60)

    assert first.id == second.id


def test_a_loan_says_neither_body_nor_handle(client: SQSClient, url: str) -> None:
    queue = SqsQueue(client, url)
    queue.send(messages("ada@example.com"))

    (message,) = queue.receive(hidden_seconds=60)

    assert "ada" not in repr(message)
    assert message.handle not in repr(message)


@pytest.mark.parametrize(
    ("operation", "call"),
    [
        ("ReceiveMessage", lambda queue: queue.receive(hidden_seconds=1)),
        ("GetQueueAttributes", lambda queue: queue.count()),
        ("DeleteMessage", lambda queue: queue.delete(A_LOAN)),
        ("ChangeMessageVisibility", lambda queue: queue.give_back(A_LOAN)),
    ],
)
def test_whatever_a_queue_refuses_is_a_dependency_error_that_names_the_call(
    client: SQSClient, operation: str, call: Callable[[SqsQueue], object]
) -> None:
    queue = SqsQueue(client, "https://sqs.us-east-1.amazonaws.com/123456789012/gone")

    with pytest.raises(DependencyError) as refused:
        call(queue)

    assert str(refused.value) == f"SQS {operation}: AWS.SimpleQueueService.NonExistentQueue"


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
