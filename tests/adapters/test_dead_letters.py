"""The dead-letter queue, against moto's SQS: what the forwarder kept failing on goes back, as if new."""

import json
from collections.abc import Iterator
from datetime import timedelta

import boto3
import pytest
from headwater.adapters.sqs import SqsQueue
from headwater.delivery.dead_letters import revive
from headwater.destination import Delivery
from headwater.errors import DependencyError
from moto import mock_aws
from mypy_boto3_sqs import SQSClient

from tests.examples import NOON, a_stored_track
from tests.short_polls import poll_shortly

LONG_AGO = NOON - timedelta(days=9)


@pytest.fixture
def client(monkeypatch: pytest.MonkeyPatch) -> Iterator[SQSClient]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    with mock_aws():
        made = boto3.client("sqs", region_name="us-east-1")
        poll_shortly(made.meta.events)
        yield made


@pytest.fixture
def dead(client: SQSClient) -> str:
    return client.create_queue(QueueName="dead")["QueueUrl"]


@pytest.fixture
def alive(client: SQSClient) -> str:
    return client.create_queue(QueueName="alive")["QueueUrl"]


def a_message(destination_id: str, message_id: str) -> str:
    return (
        Delivery(
            destination_id=destination_id,
            events=(a_stored_track(message_id),),
            first_at=LONG_AGO,
            attempt=17,
        )
        .to_message()
        .body
    )


def test_dead_letters_go_back_as_if_new_and_are_gone_from_their_queue(
    client: SQSClient, dead: str, alive: str
) -> None:
    for number in range(12):
        client.send_message(QueueUrl=dead, MessageBody=a_message("crm", f"m-{number}"))
    letters = SqsQueue(client, dead)
    assert letters.count() == 12

    went = list(revive(letters, SqsQueue(client, alive), destination_id=None, now=NOON))

    assert went == [True] * 12
    counted = client.get_queue_attributes(QueueUrl=dead, AttributeNames=["All"])["Attributes"]
    assert counted["ApproximateNumberOfMessages"] == "0"
    assert counted["ApproximateNumberOfMessagesNotVisible"] == "0"
    bodies = []
    while messages := client.receive_message(QueueUrl=alive, MaxNumberOfMessages=10).get(
        "Messages"
    ):
        bodies += [Delivery.from_json(json.loads(one["Body"])) for one in messages]
    assert {body.events[0].message_id for body in bodies} == {f"m-{number}" for number in range(12)}
    assert {(body.first_at, body.attempt) for body in bodies} == {(NOON, 0)}


def test_those_of_other_destinations_and_what_is_none_stay(
    client: SQSClient, dead: str, alive: str
) -> None:
    for body in (a_message("crm", "a"), a_message("ads", "b"), "what is this"):
        client.send_message(QueueUrl=dead, MessageBody=body)

    letters = SqsQueue(client, dead)
    went = list(revive(letters, SqsQueue(client, alive), destination_id="crm", now=NOON))

    assert sorted(went) == [False, False, True]
    counted = client.get_queue_attributes(QueueUrl=dead, AttributeNames=["All"])["Attributes"]
    assert counted["ApproximateNumberOfMessagesNotVisible"] == "2"


def test_a_queue_that_does_not_answer_is_named(client: SQSClient, dead: str) -> None:
    letters = SqsQueue(client, dead)
    client.send_message(QueueUrl=dead, MessageBody=a_message("crm", "a"))
    (letter,) = letters.receive(hidden_seconds=30)
    client.delete_queue(QueueUrl=dead)

    with pytest.raises(DependencyError, match="SQS ReceiveMessage"):
        letters.receive(hidden_seconds=30)
    with pytest.raises(DependencyError, match="SQS GetQueueAttributes"):
        letters.count()
    with pytest.raises(DependencyError, match="SQS DeleteMessage"):
        letters.delete(letter)
