"""The local copy of the lake is one moment of it, though the compactor is at work."""

from pathlib import Path

import pytest
from headwater.errors import DependencyError

from local.athena.mirror import mirror
from tests.fakes import MemoryStore

RAW = "raw/dt=2026-03-01/hr=12/shard-1-1.ndjson.gz"
PARQUET = "events/dt=2026-03-01/1.parquet"


class Compacting(MemoryStore):
    """A bucket whose one raw object becomes Parquet just when somebody fetches it."""

    def download(self, key: str, path: Path) -> None:
        if key == RAW:
            self.put(PARQUET, b"parquet")
            self.move(RAW, f"archive/{RAW}")
        super().download(key, path)


class Refusing(MemoryStore):
    """A bucket that hands nothing out."""

    def download(self, key: str, path: Path) -> None:
        raise DependencyError("AccessDenied")


def files(directory: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(directory)): path.read_bytes()
        for path in directory.rglob("*.*")
        if path.is_file()
    }


def test_what_is_moved_while_it_is_copied_is_found_where_it_went(tmp_path: Path) -> None:
    store = Compacting()
    store.put(RAW, b"raw")

    mirror(store, tmp_path)

    assert files(tmp_path) == {PARQUET: b"parquet"}


def test_what_is_gone_is_removed_and_what_changed_is_fetched_again(tmp_path: Path) -> None:
    store = MemoryStore()
    store.put(RAW, b"raw")
    store.put(PARQUET, b"parquet")
    mirror(store, tmp_path)
    store.delete(RAW)
    store.put(PARQUET, b"more parquet")

    mirror(store, tmp_path)

    assert files(tmp_path) == {PARQUET: b"more parquet"}


def test_an_object_that_is_there_and_not_handed_out_is_a_fault(tmp_path: Path) -> None:
    store = Refusing()
    store.put(RAW, b"raw")

    with pytest.raises(DependencyError, match="AccessDenied"):
        mirror(store, tmp_path)
