"""A CloudFormation template as data: its short tags become the functions they stand for."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml


class _Loader(yaml.SafeLoader):
    """YAML with `!Ref`, `!Sub`, `!GetAtt` and their like."""


def _function(loader: _Loader, suffix: str, node: yaml.Node) -> dict[str, Any]:
    if isinstance(node, yaml.ScalarNode):
        value: Any = loader.construct_scalar(node)
    elif isinstance(node, yaml.SequenceNode):
        value = loader.construct_sequence(node, deep=True)
    else:
        raise TypeError(f"!{suffix} takes a scalar or a list")
    return {suffix if suffix in {"Ref", "Condition"} else f"Fn::{suffix}": value}


yaml.add_multi_constructor("!", _function, Loader=_Loader)


def load(file: Path) -> Mapping[str, Any]:
    """Read a template."""
    loaded: dict[str, Any] = yaml.load(file.read_text(encoding="utf-8"), Loader=_Loader)  # noqa: S506 - a SafeLoader
    return loaded
