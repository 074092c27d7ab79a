"""`make destination NAME=acme` begins one that works, and says what only its author can know."""

import importlib.util
import json
from datetime import date
from pathlib import Path
from shutil import copyfile
from typing import Any

import pytest

from local.new_destination import ROOT, begin
from tests.unit.destinations.cases import leaving, readable, stored
from tests.unit.destinations.test_documented import unsaid

CHANGED = (
    "functions/headwater/destinations/__init__.py",
    "tests/unit/destinations/test_every_destination.py",
)
TODAY = date(2026, 3, 1)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for name in CHANGED:
        (tmp_path / name).parent.mkdir(parents=True)
        copyfile(ROOT / name, tmp_path / name)
    return tmp_path


def test_its_golden_cases_pass_at_once(root: Path) -> None:
    written = begin("acme_mail", root=root, today=TODAY)

    sheet = _loaded(written[0])
    cases = [path for path in written if path.suffix == ".json"]
    assert sorted(path.stem for path in cases) == sorted(sheet.event_types)
    for path in cases:
        case = json.loads(path.read_text())
        sent = leaving([stored(call) for call in case["calls"]], sheet, case["settings"])
        assert [readable(one) for one in sent if not isinstance(one, str)] == case["sent"]


def test_its_lines_stand_where_they_belong(root: Path) -> None:
    begin("acme_mail", root=root, today=TODAY)

    registry, least = ((root / name).read_text() for name in CHANGED)
    assert registry == (ROOT / CHANGED[0]).read_text().replace(
        "SLUGS = (\n", 'SLUGS = (\n    "acme_mail",\n'
    )
    assert '    "acme_mail": {"api_key": SECRET},\n' in least


def test_what_only_its_author_knows_is_asked_for(root: Path) -> None:
    text = begin("acme_mail", root=root, today=TODAY)[0].read_text()

    lacking = unsaid(text)
    assert any("Limits" in one for one in lacking)
    assert sum("FILL IN" in one for one in lacking) == text.count("FILL IN")
    assert "read 2026-03-01" in text


@pytest.mark.parametrize("name", ["", "Acme", "1acme", "acme-mail", "../acme", "a" * 41, "webhook"])
def test_a_name_that_cannot_be_is_refused(name: str, root: Path) -> None:
    copyfile(
        ROOT / "functions/headwater/destinations/webhook.py",
        root / "functions/headwater/destinations/webhook.py",
    )
    before = sorted(root.rglob("*"))

    with pytest.raises(ValueError, match=r"is no name|there is a destination 'webhook'"):
        begin(name, root=root, today=TODAY)

    assert sorted(root.rglob("*")) == before


def _loaded(file: Path) -> Any:
    spec = importlib.util.spec_from_file_location("begun", file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.DESTINATION
