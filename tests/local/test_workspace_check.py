"""A wrong workspace stops the check, the build, the deployment and every function, in the same words."""

import json
import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import jsonschema_rs
import pytest
from headwater import workspace
from headwater.destinations import check

from local.workspace_schema import PATH, schema

_EXAMPLES = Path("docs/workspaces")
_WRONG = """
[[sources]]
id = "web"
kind = "browser"
write_keys = ["browserkey01"]
colour = "red"
"""
_TOLD = "wrong.toml:6: sources[0].colour: there is no such key; (known here:"


def said(folder: Path, *command: str) -> tuple[int, str]:
    ended = subprocess.run(
        command,
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        env={
            **os.environ,
            "PYTHONPATH": f"{folder / 'functions'}:{folder}",
            "WORKSPACE": "wrong",
            "AWS_REGION": "us-east-1",
            "AWS_ACCESS_KEY_ID": "x",
            "AWS_SECRET_ACCESS_KEY": "x",
            **dict.fromkeys(_ENVIRONMENT, "x"),
        },
    )
    return ended.returncode, ended.stdout + ended.stderr


_ENVIRONMENT = (
    "STREAM_NAME", "BUCKET_NAME", "IDENTITY_TABLE", "DELIVERIES_QUEUE_URL", "FAN_OUT_FROM",
    "BREAKERS_TABLE",
)  # fmt: skip


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A checkout of the code with a wrong workspace in it."""
    folder = tmp_path_factory.mktemp("checkout")
    for part in ("functions", "local"):
        shutil.copytree(
            part,
            folder / part,
            ignore=shutil.ignore_patterns("node_modules", "*.js", "__pycache__"),
        )
    (folder / "functions/workspace/wrong.toml").write_text(_WRONG)
    return folder


@pytest.mark.parametrize(
    "command",
    [
        ("-m", "local.workspace_check", "wrong"),
        ("-m", "local.workspace_check"),
        ("-m", "local.release", "--workspace", "wrong", "--stage", "staging"),
    ],
    ids=["the check of one", "the check before every build", "the deployment"],
)
def test_a_wrong_workspace_is_refused_before_anything_is_built(
    checkout: Path, command: tuple[str, ...]
) -> None:
    code, told = said(checkout, sys.executable, *command)

    assert code == 1
    assert _TOLD in told
    assert "Traceback" not in told


def test_a_function_does_not_start_with_a_wrong_workspace(checkout: Path) -> None:
    code, told = said(
        checkout, sys.executable, "-c", "from collector.app import adapters; adapters()"
    )

    assert code == 1
    assert f"WorkspaceError: {_TOLD}" in told


def test_the_build_and_the_check_of_every_change_run_it_first() -> None:
    plan = subprocess.run(
        ["make", "--dry-run", "--always-make", "build"], capture_output=True, text=True, check=True
    ).stdout

    assert plan.index("local.workspace_check") < plan.index("sam build")
    assert plan.index("sam build") < plan.index("local.bytecode")
    assert "local.workspace_check" in Path("Makefile").read_text("utf-8").partition("\ncheck:")[2]


@pytest.mark.parametrize("path", sorted(_EXAMPLES.glob("*.toml")), ids=lambda path: str(path.stem))
def test_an_example_is_valid_and_stands_where_nothing_deploys_it(path: Path) -> None:
    example = workspace.load(path.stem, directory=_EXAMPLES)

    assert check(example)
    assert not example.demo
    assert not (workspace.DIRECTORY / path.name).exists()


def test_the_schema_is_the_one_of_the_code() -> None:
    assert json.loads(PATH.read_text("utf-8")) == schema(), "run make workspace-schema"


@pytest.mark.parametrize(
    "path",
    [workspace.DIRECTORY / "demo.toml", *sorted(_EXAMPLES.glob("*.toml"))],
    ids=lambda path: str(path.stem),
)
def test_an_editor_takes_what_we_take_and_finds_a_wrong_key(path: Path) -> None:
    text = path.read_text("utf-8")
    document = tomllib.loads(text)
    validator = jsonschema_rs.validator_for(schema())

    assert text.startswith("#:schema ")
    assert (path.parent / text.split()[1]).resolve() == PATH
    if not document.get("demo"):
        assert [error.message for error in validator.iter_errors(document)] == []
        document["destinations"][0]["settings"]["colour"] = "red"
    document["colour"] = "red"
    assert not validator.is_valid(document)
