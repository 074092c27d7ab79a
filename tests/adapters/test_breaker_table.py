"""The breaker's expressions, against moto's DynamoDB: the unit tests' fake says what it says."""

from collections.abc import Iterator
from datetime import timedelta

import boto3
import pytest
from headwater.adapters.dynamodb import DynamoTable
from headwater.delivery.breaker import Breakers
from headwater.destination import Result
from headwater.outcomes import Verdict
from moto import mock_aws

from tests.examples import NOON


@pytest.fixture
def table(monkeypatch: pytest.MonkeyPatch) -> Iterator[DynamoTable]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    with mock_aws():
        client = boto3.client("dynamodb", region_name="us-east-1")
        client.create_table(
            TableName="breakers",
            BillingMode="PAY_PER_REQUEST",
            KeySchema=[
                {"AttributeName": "pk", "KeyType": "HASH"},
                {"AttributeName": "sk", "KeyType": "RANGE"},
            ],
            AttributeDefinitions=[
                {"AttributeName": "pk", "AttributeType": "S"},
                {"AttributeName": "sk", "AttributeType": "S"},
            ],
        )
        yield DynamoTable(client, "breakers")


def test_the_life_of_a_breaker(table: DynamoTable) -> None:
    one, other = (Breakers(table, seconds=iter(range(0, 1_000, 10)).__next__) for _ in range(2))
    waits = [one.wait_seconds("crm", now=NOON)]
    for _ in range(5):
        one.note("crm", [Result(Verdict.RETRY)], now=NOON)
    waits += [other.wait_seconds("crm", now=NOON)]
    back = NOON + timedelta(seconds=30)
    waits += [one.wait_seconds("crm", now=back), other.wait_seconds("crm", now=back)]
    one.state("crm")
    one.note("crm", [Result(Verdict.OK)], now=back)
    waits += [other.wait_seconds("crm", now=back)]

    assert waits == [0.0, 30.0, 0.0, 30.0, 0.0]
