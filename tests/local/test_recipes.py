"""The recipes of docs/first-party.md pass on the cookies that the collector reads, each by its name."""

import re

import pytest
from headwater.wire import cookies

from local.places import ROOT

DOCS = ROOT / "docs"


@pytest.mark.parametrize("page", ["first-party.md", "recipes/nginx.conf", "recipes/forward.js"])
@pytest.mark.parametrize("name", cookies.NAMES)
def test_a_recipe_knows_the_cookie(page: str, name: str) -> None:
    text = (DOCS / page).read_text(encoding="utf-8")
    # nginx names both proofs in one expression.
    spelled = re.sub(r"__\(\?:Secure\|Host-Http\)-vid", "__Secure-vid __Host-Http-vid", text)

    assert name in spelled
