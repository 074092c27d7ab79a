"""Every destination says what it was written from, what its vendor limits, and leaves nothing to fill in."""

import ast
import re
from pathlib import Path
from urllib.parse import urlsplit

import headwater.destinations
import pytest
from headwater.destinations import DESTINATIONS, SLUGS

FOLDER = Path(headwater.destinations.__file__).parent

ASKED = {
    "a first line, `Name: what becomes what.`": r"\A[^\n:]+: [^\n]+\.\n",
    "`Limits:` with their units": r"\nLimits: (?!FILL IN)\S",
    "`Source:` with the vendor's page and the day you read it": r"\nSource: [^\0]+read\s+\d{4}-\d\d-\d\d",
}


@pytest.mark.parametrize("slug", SLUGS)
def test_a_destination_says_what_it_was_written_from(slug: str) -> None:
    lacking = unsaid((FOLDER / f"{slug}.py").read_text())

    assert not lacking, f"functions/headwater/destinations/{slug}.py:\n" + "\n".join(lacking)
    assert not (urlsplit(DESTINATIONS[slug].docs).hostname or "").endswith(".example")


def unsaid(text: str) -> list[str]:
    """Tell what a destination's file does not say."""
    said = (ast.get_docstring(ast.parse(text)) or "") + "\n"
    missing = [
        f"the docstring needs {what}" for what, form in ASKED.items() if not re.search(form, said)
    ]
    lines = enumerate(text.splitlines(), start=1)
    return missing + [f"line {number}: FILL IN" for number, line in lines if "FILL IN" in line]
