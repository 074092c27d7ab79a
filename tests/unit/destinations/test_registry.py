"""Every destination has one line in the registry, and costs nothing until its type is used."""

import subprocess
import sys
from pathlib import Path

import headwater.destinations
import pytest
from headwater.destinations import DESTINATIONS, SLUGS

FOLDER = Path(headwater.destinations.__file__).parent


def test_every_file_has_its_line_in_order() -> None:
    assert list(SLUGS) == sorted(
        path.stem for path in FOLDER.glob("*.py") if path.stem != "__init__"
    )


@pytest.mark.parametrize("slug", SLUGS)
def test_a_file_is_named_as_its_type(slug: str) -> None:
    assert DESTINATIONS[slug].slug == slug


@pytest.mark.parametrize("name", ["fax", "", "../webhook", "json"])
def test_what_has_no_line_is_no_destination(name: str) -> None:
    assert name not in DESTINATIONS
    assert DESTINATIONS.get(name) is None


def test_only_the_types_that_are_used_are_loaded() -> None:
    program = """
import sys
from headwater.destinations import DESTINATIONS
DESTINATIONS["webhook"]
print(sorted(name for name in sys.modules if name.startswith("headwater.destinations.")))
"""
    loaded = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=FOLDER
    )

    assert loaded.stdout.strip() == "['headwater.destinations.webhook']"
