"""One table with `pk` and `sk`, in DynamoDB."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from boto3.dynamodb.types import TypeDeserializer, TypeSerializer
from botocore.exceptions import BotoCoreError, ClientError

from headwater.errors import DependencyError
from headwater.ports import WriteResult

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_serialize = TypeSerializer().serialize
_deserialize = TypeDeserializer().deserialize


class DynamoTable:
    """`ports.Table` over one table; retries and time-outs are the client's own."""

    def __init__(self, client: "DynamoDBClient", name: str) -> None:
        self._client = client
        self._name = name

    def get(self, pk: str, sk: str, *, consistent: bool = False) -> Mapping[str, Any] | None:
        """Read one item, eventually consistent unless told otherwise."""
        with _translated("GetItem"):
            answer = self._client.get_item(
                TableName=self._name, Key=_key(pk, sk), ConsistentRead=consistent
            )
        return plain(answer["Item"]) if "Item" in answer else None

    def query(
        self, pk: str, *, sk_prefix: str = "", consistent: bool = False
    ) -> Iterator[Mapping[str, Any]]:
        """Read the items of one partition in the order of their sort keys, page by page."""
        condition, values = "pk=:pk", {":pk": pk}
        if sk_prefix:
            condition, values = "pk=:pk AND begins_with(sk,:sk)", {":pk": pk, ":sk": sk_prefix}
        with _translated("Query"):
            pages = self._client.get_paginator("query").paginate(
                TableName=self._name,
                KeyConditionExpression=condition,
                ExpressionAttributeValues={k: _serialize(v) for k, v in values.items()},
                ConsistentRead=consistent,
            )
            for page in pages:
                yield from map(plain, page["Items"])

    def scan(self, *, after: tuple[str, str] | None = None) -> Iterator[Mapping[str, Any]]:
        """Read every item, page by page, from the one after a key on; eventually consistent."""
        start: dict[str, Any] = {"ExclusiveStartKey": _key(*after)} if after else {}
        with _translated("Scan"):
            pages = self._client.get_paginator("scan").paginate(TableName=self._name, **start)
            for page in pages:
                yield from map(plain, page["Items"])

    def delete(self, pk: str, sk: str) -> None:
        """Delete one item; deleting what is gone is no fault."""
        with _translated("DeleteItem"):
            self._client.delete_item(TableName=self._name, Key=_key(pk, sk))

    def update(
        self,
        pk: str,
        sk: str,
        *,
        update: str,
        condition: str | None,
        names: Mapping[str, str],
        values: Mapping[str, Any],
    ) -> WriteResult:
        """Apply one conditional update; a refusing condition is a result, not an error."""
        expressions: dict[str, Any] = {
            "UpdateExpression": update,
            "ConditionExpression": condition,
            "ExpressionAttributeNames": names,
            "ExpressionAttributeValues": {k: _serialize(v) for k, v in values.items()},
        }
        with _translated("UpdateItem"):
            try:
                answer = self._client.update_item(
                    TableName=self._name,
                    Key=_key(pk, sk),
                    ReturnValues="ALL_NEW",
                    # A lost race brings the item along, so that it costs no read.
                    ReturnValuesOnConditionCheckFailure="ALL_OLD",
                    **{name: value for name, value in expressions.items() if value},
                )
            except self._client.exceptions.ConditionalCheckFailedException as refused:
                item: Any = refused.response.get("Item")
                return WriteResult(applied=False, item=plain(item) if item else None)
        return WriteResult(applied=True, item=plain(answer["Attributes"]))


def plain(item: Mapping[str, Any]) -> dict[str, Any]:
    """Turn DynamoDB's typed JSON, of an answer or of a stream's image, into plain values."""
    return {name: _number(_deserialize(value)) for name, value in item.items()}


def _number(value: Any) -> Any:
    """All numbers of ours are integers; boto3 makes every number a Decimal."""
    return (
        int(value) if isinstance(value, Decimal) and value == value.to_integral_value() else value
    )


def _key(pk: str, sk: str) -> dict[str, Any]:
    return {"pk": {"S": pk}, "sk": {"S": sk}}


@contextmanager
def _translated(operation: str) -> Iterator[None]:
    """Name what failed and never the key: it holds a person's id."""
    try:
        yield
    except ClientError as error:
        code = error.response["Error"]["Code"]
        raise DependencyError(f"DynamoDB {operation}: {code}") from error
    except BotoCoreError as error:
        raise DependencyError(f"DynamoDB {operation}: {type(error).__name__}") from error
