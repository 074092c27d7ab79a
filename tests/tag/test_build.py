"""The committed tag is what its source makes, and within its budget."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

SOURCE = Path(__file__).resolve().parents[2] / "tag"


@pytest.fixture(scope="module")
def checked() -> subprocess.CompletedProcess[str]:
    """`make tag` would change nothing, and both files fit; told by the build itself."""
    missing = (
        "Node is not installed"
        if shutil.which("node") is None
        else ""
        if (SOURCE / "node_modules").is_dir()
        else "tag/node_modules: run `make setup`"
    )
    if missing and os.environ.get("CI") == "true":
        pytest.fail(missing)
    if missing:
        pytest.skip(missing)
    return subprocess.run(
        ["node", "build.mjs", "--check"], cwd=SOURCE, capture_output=True, text=True
    )


def test_the_committed_files_are_built_from_their_source_byte_for_byte(
    checked: subprocess.CompletedProcess[str],
) -> None:
    assert (checked.returncode, checked.stderr) == (0, "")


def test_the_tag_is_four_kilobytes_and_its_stub_one(
    checked: subprocess.CompletedProcess[str],
) -> None:
    sizes = {
        name: int(size)
        for name, size in re.findall(r"(\S+): \d+ bytes, (\d+) in brotli", checked.stdout)
    }

    assert sizes.keys() == {"tag.js", "stub.js"}
    assert sizes["tag.js"] <= 4096
    assert sizes["stub.js"] <= 1024


def test_nothing_is_needed_at_run_time() -> None:
    assert '"dependencies"' not in (SOURCE / "package.json").read_text()
