"""template.yaml as data, by the questions that the tests ask of it."""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from local.template import load

ROOT = Path(__file__).resolve().parents[2]

Resource = Mapping[str, Any]


@cache
def template() -> Mapping[str, Any]:
    """Return the whole template."""
    return load(ROOT / "template.yaml")


def resources(kind: str) -> dict[str, Resource]:
    """Return the resources of a type by their logical ids."""
    every: Mapping[str, Resource] = template()["Resources"]
    return {name: resource for name, resource in every.items() if resource["Type"] == kind}


def properties(name: str) -> Mapping[str, Any]:
    """Return the properties of one resource."""
    found: Mapping[str, Any] = template()["Resources"][name]["Properties"]
    return found


def functions() -> dict[str, Mapping[str, Any]]:
    """Return every function's properties by its folder's name, with the globals behind them."""
    shared = template()["Globals"]["Function"]
    return {
        name.lower(): {**shared, **own, "Environment": {"Variables": _variables(shared, own)}}
        for name, resource in resources("AWS::Serverless::Function").items()
        if (own := resource["Properties"])
    }


def _variables(*several: Resource) -> dict[str, Any]:
    """Lay environments over each other, as SAM does."""
    merged: dict[str, Any] = {}
    for each in several:
        merged |= each["Environment"]["Variables"]
    return merged


def event_sources() -> dict[str, Mapping[str, Any]]:
    """Return every event of every function by the logical id that SAM gives it."""
    return {
        function + event: {"Type": source["Type"], **source["Properties"]}
        for function, resource in resources("AWS::Serverless::Function").items()
        for event, source in resource["Properties"].get("Events", {}).items()
    }


def statements(effect: str = "Allow") -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Return every statement of every policy of the template, with the resource that holds it."""
    for name, resource in template()["Resources"].items():
        for document in _policies(resource.get("Properties", {})):
            for statement in document["Statement"]:
                if statement["Effect"] == effect:
                    yield name, statement


def _policies(node: Any) -> Iterator[Mapping[str, Any]]:
    if isinstance(node, Mapping):
        if "Statement" in node:
            yield node
        for value in node.values():
            yield from _policies(value)
    elif isinstance(node, list):
        for value in node:
            yield from _policies(value)


def listed(value: Any) -> list[Any]:
    """Return what CloudFormation takes as one or as a list, as a list."""
    return value if isinstance(value, list) else [value]


def text(value: Any) -> str:
    """Return a value as one would write it: `Fn::Sub` and `Ref` keep `${…}`, escapes are undone."""
    match value:
        case {"Fn::Sub": str(written)}:
            return re.sub(r"\$\{!(\w+)\}", r"${\1}", written)
        case {"Ref": name}:
            return f"${{{name}}}"
        case {"Fn::GetAtt": written}:
            return "${" + (written if isinstance(written, str) else ".".join(written)) + "}"
        case _:
            return str(value)
