"""Every import contract of pyproject.toml holds, and each one fails when it is broken."""

import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.template.document import functions

ROOT = Path(__file__).resolve().parents[2]

# contract → the file that breaks it, and the line that does
BREACHES = {
    "The library's arrows point down": ("headwater/events.py", "import headwater.collect"),
    "every module has its line": ("headwater/stray.py", '"""A module nobody placed."""'),
    "Handlers stand on the library": ("stitcher/app.py", "import collector.app"),
    "Only adapters know AWS's libraries": ("headwater/stitch.py", "import botocore.exceptions"),
    "No destination imports another": (
        "headwater/destinations/segment_relay.py",
        "import headwater.destinations.webhook",
    ),
    "The collector never loads a destination": (
        "collector/app.py",
        "import headwater.destinations.webhook",
    ),
    "Only compactor and eraser reach DuckDB": ("privacy/app.py", "import headwater.erasure.stores"),
}


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    shutil.copytree(
        ROOT / "functions", tmp_path / "functions", ignore=shutil.ignore_patterns("__pycache__")
    )
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def lint_imports(checkout: Path) -> subprocess.CompletedProcess[str]:
    """Run the linter on the copy, whose `functions` come before the installed ones."""
    return subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache", "--no-logo"],
        cwd=checkout,
        env={**os.environ, "PYTHONPATH": str(checkout / "functions")},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_contracts_hold(checkout: Path) -> None:
    result = lint_imports(checkout)

    assert result.returncode == 0, result.stdout + result.stderr


@pytest.mark.parametrize("contract", BREACHES)
def test_a_breach_is_caught(checkout: Path, contract: str) -> None:
    name, line = BREACHES[contract]
    path = checkout / "functions" / name
    path.write_text((path.read_text() if path.exists() else "") + f"\n{line}\n")

    result = lint_imports(checkout)

    assert result.returncode != 0, f"{line!r} in {name} went unnoticed"


def test_whoever_has_no_duckdb_layer_is_in_the_contract() -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
    (listed,) = (
        contract["source_modules"]
        for contract in contracts["contracts"]
        if contract["name"] == "Only compactor and eraser reach DuckDB"
    )
    without = [
        name for name, each in functions().items() if "DuckdbLayer" not in str(each["Layers"])
    ]

    assert sorted(listed) == sorted(without)
