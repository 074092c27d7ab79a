"""The starters for dbt and Looker ask only what the lake has, in SQL that Athena takes."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.unit.lake.queries.shop import Shop

READERS = Path("docs/readers")
VIEWS = sorted(READERS.glob("lookml/*.view.lkml"))


def rendered(sql: str, *, incremental: bool) -> str:
    """The model as dbt would run it: its three kinds of placeholder filled in."""
    sql = re.sub(r"\{\{ config\(.*?\) \}\}", "", sql, flags=re.DOTALL)
    sql = re.sub(r"\{\{ source\('lake', '(\w+)'\) \}\}", r"\1", sql)
    days = r"\1" if incremental else r"\2"
    return re.sub(r"\{\{ (\d+) if is_incremental\(\) else (\d+) \}\}", days, sql)


def rows_of(shop: Shop, sql: str) -> list[tuple[Any, ...]]:
    return list(shop.lake.query(sql).rows)


def test_the_dbt_model_counts_what_the_sessions_are(shop: Shop) -> None:
    model = READERS.joinpath("dbt/models/daily_visits.sql").read_text("utf-8")

    first = rows_of(shop, rendered(model, incremental=False))
    again = rows_of(shop, rendered(model, incremental=True))

    days = "SELECT dt, count(*) FROM sessions WHERE dt >= '2026-03-21' GROUP BY dt"
    counts = dict(rows_of(shop, days))
    visits: dict[str, int] = {}
    for _, sessions, _, _, dt in first:
        visits[dt] = visits.get(dt, 0) + sessions
    assert visits == counts
    # A run makes whole days anew, and the same days answer the same.
    assert sorted(again) == sorted(row for row in first if row[4] >= "2026-05-17")
    assert again


def test_the_dbt_project_names_views_that_the_lake_has(shop: Shop) -> None:
    schema = yaml.safe_load(READERS.joinpath("dbt/models/sources.yml").read_text("utf-8"))

    for table in schema["sources"][0]["tables"]:
        assert shop.lake.query(f"SELECT * FROM {table['name']} WHERE 1 = 0").columns


@pytest.mark.parametrize("view", VIEWS, ids=lambda view: view.name)
def test_every_field_of_looker_is_one_of_the_lakes(shop: Shop, view: Path) -> None:
    text = view.read_text("utf-8")
    (table,) = re.findall(r"sql_table_name: @\{lake\}\.(\w+) ;;", text)
    fields = [
        sql.replace("${TABLE}", table)
        for sql in re.findall(r"^ +sql: (.*) ;;$", text, re.MULTILINE)
    ]
    own = [sql for sql in fields if "${" not in sql]

    assert len(own) >= 8
    columns = ", ".join(f"{sql} AS field_{number}" for number, sql in enumerate(own))
    shop.lake.query(f"SELECT {columns} FROM {table} WHERE dt = '2026-05-01'")
    # What refers to another field refers to one there is.
    names = set(
        re.findall(r"^  (?:dimension|measure|filter)(?:_group)?: (\w+) \{", text, re.MULTILINE)
    )
    assert set(re.findall(r"\$\{(\w+)\}", text)) - {"TABLE"} <= names


def test_lookers_braces_close() -> None:
    for file in READERS.glob("lookml/*.lkml"):
        text = file.read_text("utf-8")
        assert text.count("{") == text.count("}")
