"""The blocklist check, asked with a list of the test's own: lists are nobody's to ship."""

import os
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PYTHON = ROOT / ".tools" / "blocklists" / "bin" / "python"

# Shapes of rules that lists have, about addresses that we document as blocked.
BLOCKING = """[Adblock Plus 2.0]
! Made up for this test
/px.gif?
/analytics.js/v1/*$script
/track?data=$image
||tracker.example^
"""


@pytest.fixture
def engine() -> None:
    if PYTHON.exists():
        return
    missing = ".tools/blocklists: run `make test`, which makes it"
    if os.environ.get("CI") == "true":
        pytest.fail(missing)
    pytest.skip(missing)


def checked(*arguments: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [PYTHON, "-m", "local.blocklists", *map(str, arguments)],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )


@pytest.mark.usefixtures("engine")
def test_what_is_blocked_on_purpose_is_told_with_its_rule(tmp_path: Path) -> None:
    (tmp_path / "list.txt").write_text(BLOCKING)

    ended = checked(tmp_path)

    told = [line.split() for line in ended.stdout.splitlines()[:-1]]
    blocked = {(kind, url.partition("/ev")[2], " ".join(rest)) for kind, url, *rest in told}
    assert blocked == {
        ("xmlhttprequest", "/px.gif?c", "blocked by /px.gif?"),
        (
            "script",
            "/analytics.js/v1/key/analytics.min.js",
            "blocked by /analytics.js/v1/*$script",
        ),
        ("image", "/v1/pixel/track?data=e30", "blocked by /track?data=$image"),
        ("ping", "/beacon/v1/batch?writeKey=key", "passes"),
    }
    assert ended.stdout.splitlines()[-1].endswith("of our defaults 0 blocked")
    assert (ended.returncode, ended.stderr) == (0, "")


@pytest.mark.usefixtures("engine")
@pytest.mark.parametrize(
    ("rule", "caught"),
    [("/tag.js|$script,~third-party", 2), ("/v1/b|$ping", 2), (".com/ev/", 25), ("/v1/*", 46)],
)
def test_a_rule_that_catches_a_default_fails_the_check(
    tmp_path: Path, rule: str, caught: int
) -> None:
    (tmp_path / "list.txt").write_text(f"{BLOCKING}{rule}\n")

    ended = checked(tmp_path / "list.txt")

    assert ended.returncode == 1
    assert f"blocked by {rule}" in ended.stdout
    assert ended.stdout.splitlines()[-1].endswith(f"of our defaults {caught} blocked")


@pytest.mark.usefixtures("engine")
def test_another_prefix_is_asked_about(tmp_path: Path) -> None:
    (tmp_path / "list.txt").write_text("/piwik/*\n")

    assert checked(tmp_path, "--prefix", "/piwik").returncode == 1
    assert checked(tmp_path, "--prefix", "/e").returncode == 0


@pytest.mark.usefixtures("engine")
@pytest.mark.parametrize(
    ("content", "said"), [(None, "cannot be read"), ("", "has no rules"), ("! A title", "no rules")]
)
def test_a_list_that_is_none_is_no_list_that_blocks_nothing(
    tmp_path: Path, content: str | None, said: str
) -> None:
    file = tmp_path / "list.txt"
    if content is not None:
        file.write_text(content)

    ended = checked(file)

    assert ended.returncode == 1
    assert said in ended.stderr


@pytest.mark.usefixtures("engine")
def test_without_lists_it_says_what_to_give() -> None:
    ended = checked()

    assert (ended.returncode, ended.stdout) == (1, "")
    assert "LISTS=" in ended.stderr
