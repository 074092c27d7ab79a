"""What docs/tracking.md tells of the tag: every row of its parity table is a test, and every hash right."""

import base64
import hashlib
import re
from pathlib import Path

from headwater.wire.tag import DIRECTORY, hash_in_name, integrity

from tests.e2e.clients.parity import ROWS

DOCS = (Path(__file__).resolve().parents[2] / "docs" / "tracking.md").read_text()


def table(heading: str) -> dict[str, str]:
    rows = DOCS.partition(f"{heading}\n| --- | --- |\n")[2].partition("\n\n")[0]
    return dict(re.findall(r"^\| `(.+)` \| (.+) \|$", rows, re.MULTILINE))


def test_each_row_of_the_parity_table_is_a_test_and_each_test_a_row() -> None:
    told = {
        name: verdict
        for name, verdict in table("| call | our tag |").items()
        if verdict == "same" or name in {row.name for row in ROWS}
    }

    assert told.keys() == {row.name for row in ROWS}
    assert {name for name, verdict in told.items() if verdict.startswith("differs")} == {
        row.name for row in ROWS if row.differs
    }


def test_the_pinned_name_and_its_hash_are_of_the_served_file() -> None:
    assert set(re.findall(r"tag\.([0-9a-f]{16})\.js", DOCS)) == {hash_in_name()}
    assert re.findall(r'integrity="([^"]+)"', DOCS) == [integrity()]


def test_the_stub_and_its_hash_are_those_that_are_built() -> None:
    stub = (DIRECTORY / "stub.js").read_text()

    assert f"```html\n<script>{stub}</script>\n" in DOCS
    hashed = base64.b64encode(hashlib.sha256(stub.encode()).digest()).decode()
    assert f"'sha256-{hashed}'" in DOCS
