"""A workspace is valid as a whole, or names what is wrong and where."""

from pathlib import Path

import pytest
from headwater.destinations import check
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
        ("", "shop.toml:1: sources: is missing: write sources = …"),
        ("sources = [", "shop.toml: not valid TOML"),
        (
            BROWSER + "colour = 1",
            "shop.toml:6: sources[0].colour: there is no such key; (known here: id, kind",
        ),
        (BROWSER + f'write_key_sha256 = ["{DIGEST}"]', "which are public, and no hashes"),
        (BROWSER.replace("browser", "server", 1), "its keys are secrets"),
        (BROWSER + BROWSER, "a source id is used twice"),
        (BROWSER.replace("browserkey02", "browserkey01"), "a write key is used twice"),
        ('prefix = "ev"' + BROWSER, "shop.toml:1: prefix: is not as it must be: a path such as"),
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


def test_every_fault_is_told_at_once_with_line_place_and_remedy(tmp_path: Path) -> None:
    text = """# A comment with a = and a [bracket]
prefix = "/ev/"

[[sources]]
id = "web"
kind = "browser"
write_keys = [
  "browserkey01",  # a comment, with "quotes"
  "no:good",
]
origin = ["https://shop.example"]

[[sources]]
id = "server"
kind = "server"
write_key_sha256 = ["a-server-key"]

[identity.signing]
mode = "sometimes"

[[destinations]]
id = "crm"
type = "webhook"
notes = '''
id = "not a key" [
'''
[[destinations]]
id = "Second"
type = "webhook"
"""

    with pytest.raises(WorkspaceError) as error:
        load("shop", directory=workspace_file(tmp_path, text))

    told = str(error.value).splitlines()
    assert [line.split(": ")[:2] for line in told] == [
        ["shop.toml:2", "prefix"],
        ["shop.toml:9", "sources[0].write_keys[1]"],
        ["shop.toml:11", "sources[0].origin"],
        ["shop.toml:16", "sources[1].write_key_sha256[0]"],
        ["shop.toml:19", "identity.signing.mode"],
        ["shop.toml:24", "destinations[0].notes"],
        ["shop.toml:28", "destinations[1].id"],
    ]
    assert "did you mean origins?" in told[2]
    assert "python3 -c" in told[3]
    assert "a-server-key" not in str(error.value)


def test_a_secret_is_never_written_into_the_file_but_the_demos(tmp_path: Path) -> None:
    text = (
        BROWSER
        + """
[[destinations]]
id = "crm"
type = "webhook"
[destinations.settings]
url = "secret:headwater-shop/crm-url"
shared_secret = "in-the-open-for-everybody-to-read-0123456789"
"""
    )
    with pytest.raises(WorkspaceError) as error:
        check(load("shop", directory=workspace_file(tmp_path, text)))

    assert str(error.value) == (
        "shop.toml:10: destination 'crm': settings.shared_secret is a secret and stands here in the "
        'open: store it in Secrets Manager and write "secret:headwater-shop/crm-shared_secret"'
    )
    check(load("shop", directory=workspace_file(tmp_path, "demo = true\n" + text)))


def test_every_wrong_destination_has_its_line(tmp_path: Path) -> None:
    text = (
        BROWSER
        + """
[[destinations]]
id = "one"
type = "fax"

[[destinations]]
id = "two"
type = "webhook"
settings = { colour = "red" }
"""
    )
    with pytest.raises(WorkspaceError) as error:
        check(load("shop", directory=workspace_file(tmp_path, text)))

    assert [line.partition(": ")[0] for line in str(error.value).splitlines()] == [
        "shop.toml:7",
        "shop.toml:14",
    ]


def test_an_unknown_workspace_lists_the_known_ones() -> None:
    with pytest.raises(WorkspaceError, match=r"no workspace 'nowhere'.*found: .*demo"):
        load("nowhere")
