"""Only a workspace of one's own is deployed, and the site owner is told what is left to do."""

import hashlib
import subprocess
from pathlib import Path

import pytest
from headwater import workspace
from headwater.errors import WorkspaceError
from headwater.workspace import Workspace

from local.release import EXAMPLES, KEY_RECIPES, ReleaseError, deployable, next_steps
from local.up import DEMO, DEMO_SERVER_KEY

BROWSER = """
[[sources]]
id = "shop-web"
kind = "browser"
write_keys = ["aKeyOfTheShopsOwn"]
"""
WEBHOOK = """
[[destinations]]
id = "crm"
type = "webhook"
[destinations.settings]
url = "secret:{secret}"
"""


def test_a_workspace_of_ones_own_may_be_deployed(tmp_path: Path) -> None:
    (tmp_path / "shop.toml").write_text(BROWSER + WEBHOOK.format(secret="headwater-shop/crm-url"))

    assert deployable("shop", directory=tmp_path).name == "shop"


def test_the_demo_is_not_deployed() -> None:
    with pytest.raises(ReleaseError, match=r"demo\.toml is a demo"):
        deployable("demo")


def test_the_demos_keys_are_not_deployed_under_another_name(tmp_path: Path) -> None:
    copied = (workspace.DIRECTORY / "demo.toml").read_text().replace("demo = true", "")
    (tmp_path / "shop.toml").write_text(copied)

    with pytest.raises(ReleaseError, match=r"shop-web uses a key of demo\.toml"):
        deployable("shop", directory=tmp_path)


@pytest.mark.parametrize("example", sorted(file.stem for file in EXAMPLES.glob("*.toml")))
def test_an_examples_keys_are_not_deployed_and_how_to_make_one_is_told(
    example: str, tmp_path: Path
) -> None:
    copied = (EXAMPLES / f"{example}.toml").read_text()
    (tmp_path / "shop.toml").write_text(copied)

    with pytest.raises(ReleaseError, match=rf"docs/workspaces/{example}\.toml.*\n.*secrets"):
        deployable("shop", directory=tmp_path)


def test_the_recipe_of_a_servers_key_makes_a_key_and_its_digest() -> None:
    recipe = KEY_RECIPES["server"].partition("      ")[0]

    ended = subprocess.run(["bash", "-c", recipe], capture_output=True, text=True, check=True)

    key, digest = ended.stderr.strip(), ended.stdout.split()[0]
    assert len(key) >= 32
    assert hashlib.sha256(key.encode()).hexdigest() == digest


def test_an_invalid_workspace_is_not_deployed(tmp_path: Path) -> None:
    (tmp_path / "shop.toml").write_text("sources = 1")

    with pytest.raises(WorkspaceError, match=r"shop\.toml"):
        deployable("shop", directory=tmp_path)


def test_a_destination_with_wrong_settings_is_not_deployed(tmp_path: Path) -> None:
    (tmp_path / "shop.toml").write_text(BROWSER + '[[destinations]]\nid = "crm"\ntype = "fax"\n')

    with pytest.raises(WorkspaceError, match="fax"):
        deployable("shop", directory=tmp_path)


def test_a_secret_that_the_forwarder_may_not_read_is_named(tmp_path: Path) -> None:
    (tmp_path / "shop.toml").write_text(BROWSER + WEBHOOK.format(secret="crm/url"))

    with pytest.raises(ReleaseError, match="name its secrets headwater-shop/…, not crm/url"):
        deployable("shop", directory=tmp_path)


def test_no_name_is_answered_with_how_to_give_one() -> None:
    with pytest.raises(ReleaseError, match="make deploy WORKSPACE=shop"):
        deployable("")


def test_the_next_steps_hold_the_key_the_path_and_the_secrets(tmp_path: Path) -> None:
    (tmp_path / "shop.toml").write_text(BROWSER + WEBHOOK.format(secret="headwater-shop/crm-url"))

    told = next_steps(
        deployable("shop", directory=tmp_path), stack="headwater-staging", api="https://abc.example"
    )

    for needed in (
        "headwater-staging is deployed; its API is https://abc.example",
        "send /ev/* to https://abc.example",
        'writeKey: "aKeyOfTheShopsOwn", cdnURL: `${location.origin}/ev`',
        "apiHost: `${location.host}/ev/v1`",
        "create-secret --name headwater-shop/crm-url",
        '<script async src="/ev/tag.js" data-write-key="aKeyOfTheShopsOwn" data-page></script>',
        "make doctor URL=",
    ):
        assert needed in told


def test_the_demos_server_key_is_the_one_its_workspace_knows() -> None:
    assert isinstance(DEMO, Workspace)
    source = DEMO.source_of(DEMO_SERVER_KEY)
    assert source is not None
    assert source.id == "shop-server"
