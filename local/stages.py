"""The stages of samconfig.toml: their stacks and their parameters.

`sam deploy --parameter-overrides` replaces what samconfig.toml says instead of adding to it, so what a
command decides is merged here.
"""

import tomllib
from collections.abc import Mapping
from typing import Any

from local.places import ROOT


class StageError(Exception):
    """A stage that samconfig.toml does not have; the message lists those it has."""


def stack_name(stage: str) -> str:
    """Return what the stage's stack is called."""
    return str(_deploy(stage)["stack_name"])


def overrides(stage: str, decided: Mapping[str, str]) -> list[str]:
    """Return the stage's parameters and, over them, what the command decided, as `Name=value`."""
    written = dict(line.split("=", 1) for line in _deploy(stage).get("parameter_overrides", []))
    return [f"{name}={value}" for name, value in {**written, **decided}.items()]


def _deploy(stage: str) -> dict[str, Any]:
    stages = tomllib.loads((ROOT / "samconfig.toml").read_text(encoding="utf-8"))
    sections = {
        name: each for name, each in stages.items() if isinstance(each, dict) and "deploy" in each
    }
    if stage not in sections:
        raise StageError(f"samconfig.toml has no stage {stage!r}; it has {', '.join(sections)}")
    parameters: dict[str, Any] = sections[stage]["deploy"]["parameters"]
    return parameters
