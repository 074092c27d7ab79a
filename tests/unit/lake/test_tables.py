"""The lake's tables over files: declared columns whatever the files hold, and few files a query."""

from datetime import timedelta
from pathlib import Path

import duckdb
from headwater.columns import COLUMNS
from headwater.lake.schema import TABLES, glue_table

from local.athena import Lake
from tests.fakes import MemoryStore
from tests.unit.lake.bucket import NOON, an_event, arrive, change, compact


def test_a_bucket_without_objects_answers_with_no_rows(tmp_path: Path) -> None:
    lake = Lake(tmp_path)

    for table in TABLES:
        answer = lake.query(f"SELECT * FROM {table.name}")
        assert answer.rows == ()
        assert answer.columns == (*(name for name, _ in table.columns), *table.partitions)


def test_files_from_before_and_after_a_column_answer_together(tmp_path: Path) -> None:
    store = MemoryStore()
    arrive(store, [an_event("new")])
    compact(store, tmp_path)
    lake_directory = tmp_path / "lake"
    old = lake_directory / "events" / "dt=2026-02-01" / "old.parquet"
    old.parent.mkdir(parents=True)
    # Of the columns of later days, one that every event has.
    newest = "violations"
    names = [column.name for column in COLUMNS]
    later = ", ".join(names[names.index(newest) :])
    Lake(lake_directory, store=store, now=NOON)
    (current,) = lake_directory.joinpath("events", "dt=2026-03-01").glob("*.parquet")
    duckdb.execute(
        f"COPY (SELECT * EXCLUDE ({later}) REPLACE ('old' AS message_id)"
        f" FROM read_parquet('{current}', hive_partitioning = false)) TO '{old}'"
    )

    rows = Lake(lake_directory, now=NOON).query(
        f"SELECT message_id, {newest}, dt FROM events ORDER BY dt"
    )

    assert rows.rows == (("old", None, "2026-02-01"), ("new", "[]", "2026-03-01"))


def test_a_day_in_a_query_reads_that_days_files_through_every_view(tmp_path: Path) -> None:
    store = MemoryStore()
    for days in range(10):
        moment = NOON - timedelta(days=days)
        arrive(store, [an_event(f"m{days}", anonymous_id="d1", received_at=moment)], at=moment)
    compact(store, tmp_path)
    change(store, {"kind": "owner", "id_value": "d1", "owner_user_id": "u1", "seq": 1})
    lake = Lake(tmp_path / "lake", store=store, now=NOON + timedelta(days=30))

    read = {
        view: lake.files_read(f"SELECT count(*) FROM {view} WHERE dt = '2026-02-25'")[
            "READ_PARQUET"
        ]
        for view in ("events_parquet", "events", "events_resolved", "sessions", "said")
    }

    assert set(read.values()) == {1}, read
    assert lake.files_read("SELECT count(*) FROM events") == {"READ_PARQUET": 10}


def test_raw_rows_of_three_hours_are_all_that_is_read_of_raw(tmp_path: Path) -> None:
    store = MemoryStore()
    for hours in range(10):
        moment = NOON - timedelta(hours=hours)
        arrive(store, [an_event(f"m{hours}", received_at=moment)], at=moment)
    lake = Lake(tmp_path, store=store, now=NOON)

    assert lake.files_read("SELECT count(*) FROM events") == {"READ_CSV": 3}


def test_glue_gets_every_column_in_order_and_projects_partitions() -> None:
    (events,) = [table for table in TABLES if table.name == "events_parquet"]

    table = glue_table(events, "lake")

    assert table["StorageDescriptor"]["Columns"][0] == {"Name": "message_id", "Type": "string"}
    assert [column["Name"] for column in table["StorageDescriptor"]["Columns"]] == [
        column.name for column in COLUMNS
    ]
    assert table["PartitionKeys"] == [{"Name": "dt", "Type": "string"}]
    assert table["Parameters"]["storage.location.template"] == "s3://lake/events/dt=${dt}/"
    assert table["Parameters"]["projection.dt.range"] == "2026-01-01,NOW+1DAYS"


def test_hourly_tables_project_two_digit_hours() -> None:
    (raw,) = [table for table in TABLES if table.name == "raw_lines"]

    parameters = glue_table(raw, "lake")["Parameters"]

    assert parameters["storage.location.template"] == "s3://lake/raw/dt=${dt}/hr=${hr}/"
    assert parameters["projection.hr.range"] == "0,23"
    assert parameters["projection.hr.digits"] == "2"
