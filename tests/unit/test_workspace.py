"""A workspace is valid as a whole, or names what is wrong and where."""

from pathlib import Path

import pytest
from headwater.errors import WorkspaceError
from headwater.workspace import load

BROWSER = """
[[sources]]
id = "web"
kind = "browser"
write_keys = ["browserkey01", "browserkey02"]
"""
# The SHA-256 of "a-server-key".
DIGEST = "46ac1b4d99ea0b4bff5b7bf76d1cc94ba2e8c7aed7b24b7e2cf6a6ba0ed8e9f5"


def workspace_file(directory: Path, text: str) -> Path:
    (directory / "shop.toml").write_text(text, encoding="utf-8")
    return directory


def test_the_demo_workspace_is_valid_and_says_that_it_is_the_demo() -> None:
    workspace = load("demo")

    assert workspace.demo
    assert [source.id for source in workspace.sources] == ["shop-web", "shop-server"]


def test_a_browser_key_finds_its_source(tmp_path: Path) -> None:
    workspace = load("shop", directory=workspace_file(tmp_path, BROWSER))

    source = workspace.source_of("browserkey02")

    assert source is not None
    assert source.id == "web"
    assert workspace.source_of("browserkey03") is None


def test_a_server_key_finds_its_source_by_its_hash_and_the_hash_is_no_key() -> None:
    workspace = load("demo")

    source = workspace.source_of("demo-server-key-keep-this-one-out-of-browsers")

    assert source is not None
    assert source.kind == "server"
    assert workspace.source_of(source.write_key_sha256[0]) is None


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", "shop.toml: sources: Field required"),
        ("sources = [", "shop.toml: not valid TOML"),
        (BROWSER + "colour = 1", "sources.0.colour: Extra inputs are not permitted"),
        (BROWSER + f'write_key_sha256 = ["{DIGEST}"]', "which are public, and no hashes"),
        (BROWSER.replace("browser", "server", 1), "its keys are secrets"),
        (BROWSER + BROWSER, "a source id is used twice"),
        (BROWSER.replace("browserkey02", "browserkey01"), "a write key is used twice"),
        ('prefix = "ev"' + BROWSER, "prefix: String should match pattern"),
        (
            BROWSER + '[[destinations]]\nid = "crm"\ntype = "webhook"\nsources = ["app"]',
            "destination 'crm' names no source {'app'}",
        ),
    ],
)
def test_a_wrong_workspace_names_file_place_and_fault(
    tmp_path: Path, text: str, fault: str
) -> None:
    with pytest.raises(WorkspaceError) as error:
        load("shop", directory=workspace_file(tmp_path, text))

    assert fault in str(error.value)


def test_an_unknown_workspace_lists_the_known_ones() -> None:
    with pytest.raises(WorkspaceError, match=r"no workspace 'nowhere'.*found: .*demo"):
        load("nowhere")
