"""The plan's own form: one TOML file an event, each property a JSON Schema that can say `required`.

TOML because the workspace is TOML: one syntax to learn, comments, and no parser that Python lacks.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from headwater.tracking_plan.dialect import DRAFT
from headwater.tracking_plan.rule import MEMBERS, RULE_TYPES, Rule

_FIELDS = ("name", "type", "version", "description", "owner", "properties", "traits", "context")
_PARTS = ("properties", "traits", "context")
# What a property may say; docs/tracking-plan.md has the table, and the test suite runs on each.
KEYWORDS = frozenset(
    [
        "type",
        "enum",
        "const",
        "format",
        "pattern",
        "minLength",
        "maxLength",
        "minimum",
        "maximum",
        "exclusiveMinimum",
        "exclusiveMaximum",
        "multipleOf",
        "items",
        "contains",
        "minItems",
        "maxItems",
        "uniqueItems",
        "properties",
        "patternProperties",
        "additionalProperties",
        "propertyNames",
        "minProperties",
        "maxProperties",
        "dependencies",
        "allOf",
        "anyOf",
        "oneOf",
        "not",
    ]
)
_NOTES = frozenset({"required", "description", "title", "examples", "default"})

Wrong = tuple[tuple[str, ...], str]


def faults(document: Mapping[str, Any]) -> Iterator[Wrong]:
    """Yield where the file does not have the form, and the remedy."""
    kind = document.get("type", "track")
    if kind not in RULE_TYPES:
        yield ("type",), f"type is one of {', '.join(RULE_TYPES)}"
        return
    yield from _head_faults(document, kind)
    unread = {"properties": "traits", "traits": "properties"}.get(MEMBERS.get(kind, ""), "")
    if unread in document:
        yield (unread,), f"{kind} carries {MEMBERS[kind]}, not {unread}"
    for part in _PARTS:
        if part in document:
            yield from _table_faults(document[part], (part,))


def _head_faults(document: Mapping[str, Any], kind: str) -> Iterator[Wrong]:
    name = document.get("name")
    if name is not None and (not isinstance(name, str) or not name.strip()):
        yield ("name",), "name is a text that is not empty"
    elif kind == "track" and name is None:
        yield ("name",), 'an event needs its name: name = "Order Completed"'
    elif kind in ("identify", "group", "common") and name is not None:
        yield ("name",), f"{kind} has no name: the file stands for every {kind} call"
    version = document.get("version", 1)
    if not isinstance(version, int) or isinstance(version, bool) or version < 1:
        yield ("version",), "version is a whole number from 1"
    for field in ("description", "owner"):
        if not isinstance(document.get(field, ""), str):
            yield (field,), f"{field} is a text"
    for field in document:
        if field not in _FIELDS:
            yield (field,), f"unknown key {field!r}; known: {', '.join(_FIELDS)}"


def _table_faults(table: Any, place: tuple[str, ...]) -> Iterator[Wrong]:
    if not isinstance(table, dict):
        yield place, f"write it as tables: [{'.'.join(place)}.some_name]"
        return
    for name, said in table.items():
        yield from _property_faults(said, (*place, name))


def _property_faults(said: Any, place: tuple[str, ...]) -> Iterator[Wrong]:
    if not isinstance(said, dict):
        yield place, f'write what it is: [{".".join(place)}] and type = "string"'
        return
    for key in said.keys() - KEYWORDS - _NOTES:
        yield (*place, key), f"unknown key {key!r}; known: {', '.join(sorted(KEYWORDS | _NOTES))}"
    if not isinstance(said.get("required", False), bool):
        yield (*place, "required"), "required is true or false, in the property it is about"
    if "properties" in said:
        yield from _table_faults(said["properties"], (*place, "properties"))
    if isinstance(said.get("items"), dict):
        yield from _property_faults(said["items"], (*place, "items"))


def rule(document: Mapping[str, Any], *, file: str) -> Rule:
    """Return the rule of a file without faults."""
    parts = {part: _object(document[part]) for part in _PARTS if part in document}
    return Rule(
        type=document.get("type", "track"),
        key=document.get("name"),
        version=document.get("version", 1),
        schema={
            "$schema": DRAFT,
            "type": "object",
            "properties": parts,
            "required": [name for name, part in parts.items() if part["required"]],
        },
        file=file,
        description=document.get("description", "").strip(),
        owner=document.get("owner", ""),
    )


def _object(table: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": {name: _schema(said) for name, said in table.items()},
        "required": [name for name, said in table.items() if said.get("required")],
    }


def _schema(said: Mapping[str, Any]) -> dict[str, Any]:
    schema = {key: value for key, value in said.items() if key != "required"}
    if "properties" in said:
        inner = _object(said["properties"])
        schema |= {"properties": inner["properties"], "required": inner["required"]}
    if isinstance(said.get("items"), dict):
        schema["items"] = _schema(said["items"])
    return schema
