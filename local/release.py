"""Deploys to AWS: `make deploy WORKSPACE=shop STAGE=production`.

    python -m local.release --workspace shop --stage production

Check the workspace → sam build → bytecode → sam deploy with the stage's section of samconfig.toml → say what to
do next. It uses the AWS credentials of the terminal it runs in.
"""

import argparse
import re
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from headwater import tracking_plan, workspace
from headwater.destination.configured import SECRET_PREFIX
from headwater.destinations import check
from headwater.errors import WorkspaceError
from headwater.workspace import Workspace

from local.bytecode import BUILT, compile_built
from local.places import ROOT, SAM
from local.progress import say
from local.publication import published
from local.stack import account, stack_of
from local.stages import StageError, overrides

EXAMPLES = ROOT / "docs" / "workspaces"

_MAKE = "   python3 -c 'import secrets; print(secrets.token_urlsafe(24))'"
# How to make a key, by the kind of its source; of a server's the workspace holds the digest only.
KEY_RECIPES = {
    "browser": f"{_MAKE}      (write_keys)",
    "server": f"{_MAKE} | tee /dev/stderr | tr -d '\\n' | sha256sum      "
    "(the first line is the server's key, the second is write_key_sha256)",
}


class ReleaseError(Exception):
    """Something that must not be deployed, or did not deploy; the message says what to do."""


def main() -> None:
    """Deploy, or say in one line why not."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--workspace", required=True, help="functions/workspace/<name>.toml")
    parser.add_argument("--stage", required=True, help="a section of samconfig.toml")
    arguments = parser.parse_args()
    try:
        checked = deployable(arguments.workspace)
        say(f"▸ account {account()}")  # before the minutes that a build takes
        parameters = published(
            overrides(arguments.stage, {"Workspace": checked.name, "Release": _release_name()})
        )
        _sam("build", "--parameter-overrides", *parameters)
        compile_built(BUILT)
        _sam("deploy", "--config-env", arguments.stage, "--parameter-overrides", *parameters)
        stack = stack_of(arguments.stage)
    except (ReleaseError, StageError, WorkspaceError) as error:
        raise SystemExit(f"deploy: {error}") from None
    say(next_steps(checked, stack=stack.name, api=stack.outputs["ApiEndpoint"]))


def deployable(name: str, *, directory: Path = workspace.DIRECTORY) -> Workspace:
    """Return the workspace when it may face the world, or raise `ReleaseError` or `WorkspaceError`."""
    if not name:
        raise ReleaseError("say which workspace, as in `make deploy WORKSPACE=shop`")
    checked = workspace.load(name, directory=directory)
    if checked.demo:
        raise ReleaseError(
            f"{name}.toml is a demo (`demo = true`) and its keys are public: copy it to "
            "functions/workspace/<your site>.toml, with keys of your own and without that line"
        )
    public = {key: file for file, example in _examples() for key in _keys(example)}
    for source in checked.sources:
        if shared := [public[key] for key in _keys_of(source) if key in public]:
            raise ReleaseError(
                f"{name}.toml: {source.id} uses a key of {shared[0]}, which everyone can read: put in "
                f"one of your own, made by\n{KEY_RECIPES[source.kind]}"
            )
    check(checked)
    if faults := tracking_plan.check(directory / f"{name}{tracking_plan.SUFFIX}"):
        raise ReleaseError("the tracking plan is wrong:\n" + "\n".join(map(str, faults)))
    # The forwarder may read these secrets and no others: template.yaml, ForwarderRole.
    prefix = f"headwater-{checked.name}/"
    if strange := [
        secret for secret in secrets(checked) if not secret.removeprefix("/").startswith(prefix)
    ]:
        raise ReleaseError(f"{name}.toml: name its secrets {prefix}…, not {', '.join(strange)}")
    return checked


def secrets(checked: Workspace) -> list[str]:
    """Return the names of the secrets that the workspace's destinations refer to."""
    return sorted({secret for entry in checked.destinations for secret in _named(entry.settings)})


def next_steps(checked: Workspace, *, stack: str, api: str) -> str:
    """Return what a site owner does after the deployment, with nothing left to look up but the site."""
    browser = next((source for source in checked.sources if source.kind == "browser"), None)
    key = browser.write_keys[0] if browser else "<add a browser source>"
    prefix = checked.prefix
    lines = [
        f"\n{stack} is deployed; its API is {api}",
        "\nIn your pages, in the head (docs/tracking.md: analytics.js, apps, servers):\n",
        f'   <script async src="{prefix}/tag.js" data-write-key="{key}" data-page></script>',
        "\n   or, with npm install @segment/analytics-next:\n",
        '   import { AnalyticsBrowser } from "@segment/analytics-next"',
        "   export const analytics = AnalyticsBrowser.load(",
        f'     {{ writeKey: "{key}", cdnURL: `${{location.origin}}{prefix}` }},',
        f'     {{ integrations: {{ "Segment.io": {{ apiHost: `${{location.host}}{prefix}/v1` }} }} }},',
        "   )",
        f"\n1. On your site, send {prefix}/* to {api} in the CDN or proxy you have:",
        "   all methods, no caching, query and headers passed on (but Host): docs/first-party.md.",
        "\n2. See that it arrives as it should: make doctor URL=https://<your site>",
    ]
    if named := secrets(checked):
        lines.append("\n3. Unless they exist, make the secrets that the destinations need:\n")
        lines += [f"   {_made(name)}" for name in named]
    else:
        lines.append("\n3. Send events to a tool: add a [[destinations]] (docs/destinations.md).")
    return "\n".join(lines)


def _made(name: str) -> str:
    if name.startswith("/"):
        return f"aws ssm put-parameter --type SecureString --name {name} --value '…'"
    return f"aws secretsmanager create-secret --name {name} --secret-string '…'"


def _examples() -> Iterator[tuple[str, Workspace]]:
    """Return the workspaces that stand in the repository to be read, with their files' names."""
    yield "demo.toml", workspace.load("demo")
    for file in sorted(EXAMPLES.glob("*.toml")):
        yield f"docs/workspaces/{file.name}", workspace.load(file.stem, directory=EXAMPLES)


def _keys(checked: Workspace) -> Iterator[str]:
    for source in checked.sources:
        yield from _keys_of(source)


def _keys_of(source: workspace.Source) -> tuple[str, ...]:
    return (*source.write_keys, *source.write_key_sha256)


def _named(value: Any) -> Iterator[str]:
    if isinstance(value, str) and value.startswith(SECRET_PREFIX):
        yield value.removeprefix(SECRET_PREFIX)
    elif isinstance(value, Mapping):
        for inner in value.values():
            yield from _named(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _named(inner)


def _release_name() -> str:
    """Return what is deployed, as git calls it; "unnamed" outside a checkout."""
    described = subprocess.run(
        ["git", "describe", "--always", "--dirty", "--tags"],
        check=False,
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    return re.sub(r"[^A-Za-z0-9._+-]", "-", described.stdout.strip())[:64] or "unnamed"


def _sam(verb: str, *arguments: str) -> None:
    say(f"▸ sam {verb}")
    if subprocess.run([SAM / "bin" / "sam", verb, *arguments], check=False, cwd=ROOT).returncode:
        raise ReleaseError(f"sam {verb} failed: see above")


if __name__ == "__main__":
    main()
