"""The bucket adapter, against moto's S3."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.config import Config
from headwater.adapters.s3 import S3ObjectStore
from headwater.errors import DependencyError
from moto import mock_aws
from mypy_boto3_s3 import S3Client


@pytest.fixture
def client(monkeypatch: pytest.MonkeyPatch) -> Iterator[S3Client]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    with mock_aws():
        client = boto3.client(
            "s3", region_name="us-east-1", config=Config(retries={"total_max_attempts": 1})
        )
        client.create_bucket(Bucket="lake")
        yield client


@pytest.fixture
def store(client: S3Client) -> S3ObjectStore:
    return S3ObjectStore(client, "lake")


def test_what_was_put_is_read_back(store: S3ObjectStore) -> None:
    assert store.put("raw/one", b"line\n") is True

    assert store.get("raw/one") == b"line\n"


def test_a_conditional_put_never_replaces_what_is_there(store: S3ObjectStore) -> None:
    assert store.put("spill/one", b"first", if_absent=True) is True
    assert store.put("spill/one", b"second", if_absent=True) is False

    assert store.get("spill/one") == b"first"


def test_an_unconditional_put_replaces_what_is_there(store: S3ObjectStore) -> None:
    store.put("raw/one", b"first")

    assert store.put("raw/one", b"second") is True
    assert store.get("raw/one") == b"second"


def test_a_listing_goes_through_every_page_in_key_order(
    client: S3Client, store: S3ObjectStore
) -> None:
    # A page holds a thousand keys at most; S3 may hand out fewer, and here does.
    events: Any = client.meta.events  # its stub forbids the answers it documents
    events.register(
        "provide-client-params.s3.ListObjectsV2", lambda params, **_: {**params, "MaxKeys": 2}
    )
    keys = [f"raw/{number:04d}" for number in range(7)]
    for key in reversed(keys):
        store.put(key, b"x")
    store.put("events/other", b"x")

    listed = list(store.list("raw/"))

    assert [entry.key for entry in listed] == keys
    assert {entry.size for entry in listed} == {1}
    assert all(entry.modified_at.tzinfo is not None for entry in listed)


def test_an_empty_prefix_lists_nothing(store: S3ObjectStore) -> None:
    assert list(store.list("raw/")) == []


def test_a_moved_object_is_at_its_new_key_only(store: S3ObjectStore) -> None:
    store.put("raw/one", b"line\n")

    store.move("raw/one", "archive/raw/one")

    assert store.get("archive/raw/one") == b"line\n"
    assert list(store.list("raw/")) == []


def test_deleting_what_is_gone_is_no_fault(store: S3ObjectStore) -> None:
    store.put("raw/one", b"line\n")

    store.delete("raw/one")
    store.delete("raw/one")

    assert list(store.list("raw/")) == []


def test_files_go_up_and_come_down_unchanged(store: S3ObjectStore, tmp_path: Path) -> None:
    (tmp_path / "up").write_bytes(b"\x00parquet" * 300_000)

    assert store.upload(tmp_path / "up", "events/one.parquet", if_absent=True) is True
    assert store.upload(tmp_path / "up", "events/one.parquet", if_absent=True) is False
    assert store.upload(tmp_path / "up", "events/two.parquet") is True
    store.download("events/two.parquet", tmp_path / "down")

    assert (tmp_path / "down").read_bytes() == (tmp_path / "up").read_bytes()


def test_a_fault_of_s3_is_a_dependency_error_that_names_no_key(
    client: S3Client, tmp_path: Path
) -> None:
    store = S3ObjectStore(client, "no-such-bucket")
    (tmp_path / "file").write_bytes(b"x")
    operations: dict[str, Callable[[], object]] = {
        "PutObject": lambda: store.put("spill/secret", b""),
        "PutObject ": lambda: store.upload(tmp_path / "file", "spill/secret", if_absent=True),
        "GetObject": lambda: store.get("spill/secret"),
        "GetObject ": lambda: store.download("spill/secret", tmp_path / "down"),
        "ListObjectsV2": lambda: list(store.list("spill/secret")),
        "CopyObject": lambda: store.move("spill/secret", "spill-done/secret"),
        "DeleteObject": lambda: store.delete("spill/secret"),
    }

    for name, operation in operations.items():
        with pytest.raises(DependencyError) as caught:
            operation()
        assert str(caught.value) == f"S3 {name.strip()} under spill/ failed: NoSuchBucket"
