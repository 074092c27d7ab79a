"""Every SQL file keeps to the portable subset, reads few days, and says what it is."""

import re
from pathlib import Path

import pytest
from headwater.lake.views import VIEW_NAMES, SavedQuery, View, saved_queries, views

from local.athena.lint import check

_SQL = Path("functions/headwater/lake/sql")


def test_every_file_is_deployed() -> None:
    assert {path.stem for path in (_SQL / "views").glob("*.sql")} == set(VIEW_NAMES) - {
        "raw_rows",
        "raw_events",
    }
    assert [query.name for query in saved_queries()] == sorted(
        path.stem for path in (_SQL / "queries").glob("*.sql")
    )


@pytest.mark.parametrize("view", views(), ids=lambda view: view.name)
def test_a_view_keeps_to_the_portable_subset(view: View) -> None:
    sql = view.sql

    check(re.sub(r"CREATE OR REPLACE VIEW \w+ AS", "", sql))


@pytest.mark.parametrize("query", saved_queries(), ids=lambda query: query.name)
def test_a_saved_query_keeps_to_the_subset_and_names_its_days(query: SavedQuery) -> None:
    sql = query.sql

    check(sql)
    assert re.search(r"\bdt >= ", sql)


def test_titles_are_one_of_a_kind_and_fit_athena() -> None:
    queries = saved_queries()

    assert len({query.title for query in queries}) == len(queries)
    # CreateNamedQuery: names up to 128 characters, descriptions up to 1,024, text up to 262,144.
    assert all(0 < len(query.title) <= 100 for query in queries)
    assert all(query.description.endswith(".") for query in queries)
    assert all(len(query.sql) < 262_144 for query in queries)
