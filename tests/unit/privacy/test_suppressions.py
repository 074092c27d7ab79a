"""Who is suppressed: as hashes in the table, as one object for all who enforce it."""

import sys
import time
from collections.abc import Iterator, Mapping
from typing import Any

import boto3
import pytest
from headwater.adapters.dynamodb import DynamoTable
from headwater.errors import DependencyError
from headwater.privacy.suppressed import KEY_BYTES, Suppressed, hashed
from headwater.privacy.suppressions import OBJECT, bring_back, lift, publish, published, suppress
from hypothesis import given
from hypothesis import strategies as st

from tests.dynamodb_tables import a_table
from tests.examples import NOON
from tests.fakes import MemoryStore

KEY = b"k" * KEY_BYTES


def new_key() -> bytes:
    return KEY


@pytest.fixture
def table(monkeypatch: pytest.MonkeyPatch) -> Iterator[DynamoTable]:
    with a_table(monkeypatch, "suppressions") as made:
        yield made


@given(
    suppressed=st.sets(st.tuples(st.sampled_from(["user", "anonymous"]), st.text(max_size=20))),
    other=st.text(max_size=20),
)
def test_exactly_those_who_are_on_the_list_are_found(suppressed: Any, other: str) -> None:
    written = Suppressed.of((hashed(kind, id_, KEY) for kind, id_ in suppressed), KEY).to_bytes()
    read = Suppressed.from_bytes(written)

    assert all(one in read for one in suppressed)
    assert (("user", other) in read) == (("user", other) in suppressed)


def test_a_user_and_a_device_of_the_same_name_are_two() -> None:
    found = Suppressed.of([hashed("user", "x", KEY)], KEY)

    assert found.anyone(users=["x"], anonymous=[])
    assert not found.anyone(users=[None, 5], anonymous=["x"])
    assert not Suppressed().anyone(users=["x"], anonymous=["x"])


@pytest.mark.parametrize("body", [b"", b"HWS1", b"HWS2" + b"k" * 32, b"HWS1" + b"k" * 33, b"<xml>"])
def test_what_is_no_list_is_no_empty_list(body: bytes) -> None:
    store = MemoryStore()
    store.objects[OBJECT] = body

    with pytest.raises(ValueError, match="no list"):
        Suppressed.from_bytes(body)
    with pytest.raises(DependencyError):
        published(store)


def test_a_hundred_thousand_are_small_and_found_quickly() -> None:
    many = Suppressed.of((hashed("user", f"u-{n}", KEY) for n in range(100_000)), KEY)
    assert len(many.to_bytes()) == 4 + KEY_BYTES + 8 * 100_000
    assert sys.getsizeof(many.hashes) < 1_000_000

    began = time.process_time()
    found = sum(many.anyone(users=[f"u-{n}"], anonymous=[f"d-{n}"]) for n in range(90_000, 110_000))
    spent = time.process_time() - began

    assert found == 10_000
    # A microsecond or two each; a list that is searched from its beginning takes a thousand times that.
    assert spent / 20_000 < 100e-6


def test_the_table_is_published_and_holds_no_id(table: DynamoTable) -> None:
    store = MemoryStore()
    assert published(store) == Suppressed()

    ids = [("user", "user-1"), ("anonymous", "device-1")]
    assert suppress(ids, table, store, now=NOON, new_key=new_key) == 2  # type: ignore[arg-type]
    assert suppress([("user", "user-1")], table, store, now=NOON, new_key=new_key) == 0

    found = published(store)
    assert found.anyone(users=["user-1"], anonymous=[])
    assert found.anyone(users=[], anonymous=["device-1"])
    assert not any("-1" in str(item["sk"]) for item in table.scan())
    lift([("user", "user-1")], table, store, new_key=new_key)
    assert not published(store).anyone(users=["user-1"], anonymous=[])
    assert published(store).anyone(users=[], anonymous=["device-1"])


def test_two_who_publish_at_once_lose_nothing_of_each_other(table: DynamoTable) -> None:
    store = MemoryStore()
    suppress([("user", "a")], table, store, now=NOON, new_key=new_key)

    class Interrupted(DynamoTable):
        """A table whose reader is overtaken by another's whole change, once."""

        overtaken = False

        def query(self, pk: str, **more: Any) -> Iterator[Mapping[str, Any]]:
            found = list(super().query(pk, **more))
            if not self.overtaken:
                self.overtaken = True
                suppress([("user", "b")], table, store, now=NOON, new_key=new_key)
            return iter(found)

    slow = Interrupted(table._client, table._name)
    assert publish(slow, store, new_key=new_key) == 2
    assert published(store).anyone(users=["b"], anonymous=[])


def test_a_request_lifts_its_own_suppression_and_no_other(table: DynamoTable) -> None:
    store = MemoryStore()
    kept: Any = [("user", "user-1")]

    def listed() -> bool:
        return published(store).anyone(users=["user-1"], anonymous=[])

    for request in ("a" * 32, "b" * 32, ""):
        suppress(kept, table, store, now=NOON, new_key=new_key, request=request)
    assert len(published(store).hashes) == 1
    for request in ("a" * 32, ""):
        lift(kept, table, store, new_key=new_key, request=request)
        assert listed()
    lift(kept, table, store, new_key=new_key, request="b" * 32)
    assert not listed()


def at_a_moment(table: str) -> DynamoTable:
    """What point-in-time recovery makes: the table as it was, under another name."""
    client = boto3.client("dynamodb", region_name="us-east-1")
    client.update_continuous_backups(
        TableName=table,
        PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True},
    )
    client.restore_table_to_point_in_time(
        SourceTableName=table, TargetTableName=f"{table}-restored", UseLatestRestorableTime=True
    )
    return DynamoTable(client, f"{table}-restored")


def test_who_was_lost_is_suppressed_again_from_a_restored_table(table: DynamoTable) -> None:
    store = MemoryStore(now=NOON)
    suppress([("user", "ada"), ("user", "bob")], table, store, now=NOON, new_key=new_key)
    restored = at_a_moment("suppressions")
    for item in list(table.scan()):
        table.delete(item["pk"], item["sk"])
    assert publish(table, store, new_key=lambda: b"x" * KEY_BYTES) == 0

    assert bring_back(restored, table, store, new_key=new_key) == 2
    assert bring_back(restored, table, store, new_key=new_key) == 0

    assert ("user", "ada") in published(store)
    assert ("user", "eve") not in published(store)


def test_who_was_suppressed_since_stays_so(table: DynamoTable) -> None:
    store = MemoryStore(now=NOON)
    suppress([("user", "ada")], table, store, now=NOON, new_key=new_key)
    restored = at_a_moment("suppressions")
    lift([("user", "ada")], table, store, new_key=new_key)
    suppress([("user", "bob")], table, store, now=NOON, new_key=new_key)

    assert bring_back(restored, table, store, new_key=new_key) == 1

    assert ("user", "ada") in published(store)
    assert ("user", "bob") in published(store)


def test_under_another_key_nothing_is_brought_back_and_nothing_lost(table: DynamoTable) -> None:
    store = MemoryStore(now=NOON)
    suppress([("user", "ada")], table, store, now=NOON, new_key=new_key)
    restored = at_a_moment("suppressions")
    for item in list(table.scan()):
        table.delete(item["pk"], item["sk"])
    other = lambda: b"x" * KEY_BYTES  # noqa: E731
    suppress([("user", "bob")], table, store, now=NOON, new_key=other)

    with pytest.raises(DependencyError, match="another key"):
        bring_back(restored, table, store, new_key=new_key)

    assert ("user", "bob") in published(store)
