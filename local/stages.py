"""The stages of samconfig.toml and their parameters.

`sam deploy --parameter-overrides` replaces what samconfig.toml says instead of adding to it, so what a
command decides is merged here.
"""

import tomllib
from collections.abc import Mapping

from local.places import ROOT


class StageError(Exception):
    """A stage that samconfig.toml does not have; the message lists those it has."""


def overrides(stage: str, decided: Mapping[str, str]) -> list[str]:
    """Return the stage's parameters and, over them, what the command decided, as `Name=value`."""
    stages = tomllib.loads((ROOT / "samconfig.toml").read_text(encoding="utf-8"))
    try:
        listed = stages[stage]["deploy"]["parameters"].get("parameter_overrides", [])
    except KeyError:
        known = ", ".join(name for name, section in stages.items() if "deploy" in section)
        raise StageError(f"samconfig.toml has no stage {stage!r}; it has {known}") from None
    written = dict(line.split("=", 1) for line in listed)
    return [f"{name}={value}" for name, value in {**written, **decided}.items()]
