"""docs/athena.md shows what every saved query answers on the generated shop, to the letter."""

import os
from pathlib import Path

import pytest
from headwater.lake.views import SavedQuery, saved_queries

from local.athena import Rows
from local.athena.printing import table
from tests.unit.lake.queries.shop import Shop

_PAGE = Path("docs/athena.md").read_text("utf-8")
_SHOWN = 3  # rows


def sample(shop: Shop, query: SavedQuery) -> str:
    """The answer's first rows as the page has them."""
    answer = shop.lake.query(query.sql)
    lines = table(Rows(answer.columns, answer.rows[:_SHOWN])).splitlines()
    rest = len(answer.rows) - _SHOWN
    count = f"… and {rest} more" if rest > 0 else lines[-1]
    return "\n".join([f"### {query.title}", "", "```", *lines[:-1], count, "```"])


@pytest.mark.skipif("EVENTS" in os.environ, reason="the page shows the shop of 3,000 events")
@pytest.mark.parametrize("query", saved_queries(), ids=lambda query: query.name)
def test_the_page_shows_what_a_saved_query_answers(shop: Shop, query: SavedQuery) -> None:
    assert sample(shop, query) in _PAGE
