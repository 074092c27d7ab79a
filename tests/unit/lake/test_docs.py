"""docs/athena.md says what the lake has."""

from pathlib import Path

from headwater.columns import COLUMNS
from headwater.lake.schema import TABLES
from headwater.lake.views import VIEW_NAMES, saved_queries

_PAGE = Path("docs/athena.md").read_text("utf-8")


def test_every_column_is_documented_as_it_is() -> None:
    rows = [f"| `{column.name}` | {column.type} | {column.meaning} |" for column in COLUMNS]

    assert [row for row in rows if row not in _PAGE.splitlines()] == []


def test_every_saved_query_is_documented_as_it_is() -> None:
    rows = [
        f"| `{query.name}` | {query.title} | {query.description} |" for query in saved_queries()
    ]

    assert [row for row in rows if row not in _PAGE.splitlines()] == []


def test_every_table_and_view_is_named() -> None:
    names = {table.name for table in TABLES} | set(VIEW_NAMES) - {"raw_rows", "raw_events"}

    assert [name for name in sorted(names) if f"`{name}`" not in _PAGE] == []
