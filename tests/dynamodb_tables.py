"""DynamoDB's tables for the tests, with the keys that every table of the template has."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import boto3
import pytest
from headwater.adapters.dynamodb import DynamoTable
from moto import mock_aws

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


def create_table(name: str, client: "DynamoDBClient | None" = None) -> DynamoTable:
    """Make the table where the client says; without one moto must be on."""
    client = client or boto3.client("dynamodb", region_name="us-east-1")
    client.create_table(
        TableName=name,
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
    return DynamoTable(client, name)


@contextmanager
def a_table(monkeypatch: pytest.MonkeyPatch, name: str) -> Iterator[DynamoTable]:
    """Turn moto on, with the one table."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    with mock_aws():
        yield create_table(name)
