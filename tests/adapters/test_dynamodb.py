from collections.abc import Iterator

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError
from botocore.stub import Stubber
from headwater.adapters.dynamodb import DynamoTable, plain
from headwater.errors import DependencyError
from headwater.ports import WriteResult

from tests.dynamodb_tables import a_table


@pytest.fixture
def table(monkeypatch: pytest.MonkeyPatch) -> Iterator[DynamoTable]:
    with a_table(monkeypatch, "identity") as table:
        yield table


def put(table: DynamoTable, pk: str, sk: str, value: object) -> WriteResult:
    return table.update(
        pk,
        sk,
        update="SET #v=:v",
        condition="attribute_not_exists(#v)",
        names={"#v": "value"},
        values={":v": value},
    )


def test_a_write_returns_the_item_it_made(table: DynamoTable) -> None:
    result = put(table, "A#1", "O", {"u1", "u2"})

    assert result == WriteResult(applied=True, item={"pk": "A#1", "sk": "O", "value": {"u1", "u2"}})


def test_a_refused_write_returns_the_item_that_refused_it(table: DynamoTable) -> None:
    put(table, "A#1", "O", 1_772_366_400_000)

    result = put(table, "A#1", "O", 2)

    assert result == WriteResult(
        applied=False, item={"pk": "A#1", "sk": "O", "value": 1_772_366_400_000}
    )


def test_a_refused_write_on_no_item_returns_none(table: DynamoTable) -> None:
    result = table.update(
        "A#1", "O", update="SET v=:v", condition="attribute_exists(v)", names={}, values={":v": 1}
    )

    assert result == WriteResult(applied=False, item=None)


def test_an_item_is_read_back_and_an_absent_one_is_none(table: DynamoTable) -> None:
    put(table, "A#1", "O", "用户🙂")

    assert table.get("A#1", "O", consistent=True) == {"pk": "A#1", "sk": "O", "value": "用户🙂"}
    assert table.get("A#2", "O") is None


def test_a_partition_is_read_in_the_order_of_its_sort_keys(table: DynamoTable) -> None:
    for sk in ("A#2", "A#1", "g#1"):
        put(table, "U#1", sk, 1)
    put(table, "U#2", "A#9", 1)

    assert [item["sk"] for item in table.query("U#1")] == ["A#1", "A#2", "g#1"]
    assert [item["sk"] for item in table.query("U#1", sk_prefix="A#")] == ["A#1", "A#2"]


def test_numbers_are_integers_when_they_are_whole() -> None:
    assert plain({"ots": {"N": "1772366400000"}}) == {"ots": 1_772_366_400_000}


@pytest.mark.parametrize("code", ["ProvisionedThroughputExceededException", "ValidationException"])
def test_a_fault_names_the_operation_and_its_code_but_never_the_key(code: str) -> None:
    client = boto3.client(
        "dynamodb",
        region_name="us-east-1",
        aws_access_key_id="testing",
        aws_secret_access_key="testing",
        config=Config(retries={"total_max_attempts": 1}),
    )
    with Stubber(client) as stub:
        for operation in ("get_item", "query", "update_item"):
            stub.add_client_error(operation, code, "the key {jane@example.com} is bad")
        table = DynamoTable(client, "identity")
        for ask, name in (
            (lambda: table.get("A#jane@example.com", "O"), "GetItem"),
            (lambda: list(table.query("A#jane@example.com")), "Query"),
            (lambda: put(table, "A#jane@example.com", "O", 1), "UpdateItem"),
        ):
            with pytest.raises(DependencyError) as raised:
                ask()

            assert str(raised.value) == f"DynamoDB {name}: {code}"
            assert isinstance(raised.value.__cause__, ClientError)


def test_a_scan_reads_everything_once_and_goes_on_after_any_key(table: DynamoTable) -> None:
    keys = {(f"A#{number}", "O") for number in range(7)}
    for pk, sk in keys:
        put(table, pk, sk, 1)

    order = [(item["pk"], item["sk"]) for item in table.scan()]

    assert set(order) == keys
    assert len(order) == len(keys)
    assert [(item["pk"], item["sk"]) for item in table.scan(after=order[2])] == order[3:]


def test_what_is_deleted_is_gone_and_may_be_deleted_again(table: DynamoTable) -> None:
    put(table, "A#1", "O", 1)

    table.delete("A#1", "O")
    table.delete("A#1", "O")

    assert table.get("A#1", "O") is None
