"""The drill of docs/safekeeping.md: a day's Parquet is gone, and comes back from the archive."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
from headwater.lake.compaction import Compactor

from local.generate.bucket import land_all
from local.generate.directory import DirectoryStore
from local.generate.events import generate

NIGHT = datetime(2026, 5, 20, tzinfo=UTC)


def rows(bucket: Path) -> list[tuple[str, str]]:
    files = str(bucket / "events" / "*" / "*.parquet")
    return duckdb.execute(f"SELECT source_id, message_id FROM '{files}' ORDER BY ALL").fetchall()


def test_a_lost_day_comes_back_from_the_archive_and_no_other_day_changes(tmp_path: Path) -> None:
    store = DirectoryStore(tmp_path)
    compactor = Compactor(
        store=store,
        directory=tmp_path / "work",
        now=lambda: NIGHT,
        lease_for=timedelta(minutes=16),
    )
    land_all(store, generate(events=400, days=3, seed=1, until=NIGHT))
    list(compactor.run())
    whole = rows(tmp_path)
    lost = "dt=2026-05-18"
    for entry in list(store.list(f"events/{lost}/")):
        store.delete(entry.key)
    assert 0 < len(rows(tmp_path)) < len(whole)

    for entry in list(store.list(f"archive/raw/{lost}/")):
        store.put(entry.key.removeprefix("archive/"), store.get(entry.key))
    list(compactor.run())

    assert rows(tmp_path) == whole
