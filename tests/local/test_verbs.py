"""`make` says which variable a verb cannot do without, and lists every verb there is."""

import os
import re
import subprocess

import pytest

from local.places import ROOT

MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
NEEDED = {
    "person": "ID",
    "why": "ID",
    "doctor": "URL",
    "first-party": "SITE",
    "restore-suppressions": "FROM",
    "load": "FILES",
    "load-users": "FILES",
    "privacy-receipt": "FILE",
}


def make(*arguments: str) -> subprocess.CompletedProcess[str]:
    bare = {"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "")}
    return subprocess.run(
        ["make", *arguments], cwd=ROOT, env=bare, capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize("verb", NEEDED)
def test_a_verb_without_what_it_needs_says_what_before_it_does_anything(verb: str) -> None:
    ended = make("--dry-run", verb)

    assert ended.returncode == 2
    assert f"say {NEEDED[verb]}, as in: make " in ended.stderr
    assert "local." not in ended.stdout


def test_what_is_needed_is_tested_here() -> None:
    asked = len(re.findall(r"^\t\$\(call need,", MAKEFILE, re.MULTILINE))

    assert asked == len(NEEDED) + 2 * len({"KEY", "URL"})  # of the two that load


def test_the_help_has_every_verb_under_a_task() -> None:
    verbs = set(re.findall(r"^([a-z0-9-]+):.*## ", MAKEFILE, re.MULTILINE))

    shown = make("help").stdout

    assert {line.split()[1] for line in shown.splitlines() if line.startswith("  make ")} == verbs
    assert "\nwatching (STAGE=…, or here)\n" in shown
