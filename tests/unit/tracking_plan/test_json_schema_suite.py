"""JSON-Schema-Test-Suite, through our own compiling: the keywords and formats that the docs list.

The files are those in the source distribution of PyPI's jsonschema 4.26.0 (`json/tests`), unchanged. Left
out: remote references, which a plan may not have, and 2020-12's `format.json`, which has formats unchecked.
"""

import json
from pathlib import Path

import pytest
from headwater.tracking_plan.dialect import compiled
from headwater.tracking_plan.own_form import KEYWORDS

SUITE = Path(__file__).parent / "json_schema_test_suite"
DRAFTS = {
    "draft7": "http://json-schema.org/draft-07/schema#",
    "draft2020-12": "https://json-schema.org/draft/2020-12/schema",
}
# Where the own form's keywords are documented: a table of rows that begin with "| `keyword`".
DOCS = Path("docs/tracking-plan.md").read_text("utf-8")
FILES = sorted(SUITE.rglob("*.json"))


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(SUITE)))
def test_the_suite_passes(file: Path) -> None:
    draft = DRAFTS[file.relative_to(SUITE).parts[0]]
    wrong = [
        f"{group['description']}: {case['description']}"
        for group in json.loads(file.read_text("utf-8"))
        if isinstance(group["schema"], dict)  # a rule's schema is never just true or false
        and (validator := compiled({"$schema": draft} | group["schema"]))
        for case in group["tests"]
        if validator.is_valid(case["data"]) is not case["valid"]
    ]

    assert wrong == []


def test_there_is_a_file_for_every_keyword_of_the_own_form() -> None:
    names = {file.stem for file in FILES if file.relative_to(SUITE).parts[0] == "draft7"}

    assert KEYWORDS - names == set()
    assert "required" in names


def test_every_keyword_and_format_of_the_suite_is_documented() -> None:
    formats = {file.stem for file in FILES if "format" in file.relative_to(SUITE).parts}

    assert [name for name in sorted(KEYWORDS | formats) if f"`{name}`" not in DOCS] == []
