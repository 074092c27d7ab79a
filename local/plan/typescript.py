"""A plan as TypeScript: a type and a function for each event, for analytics.js and for analytics-node."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from headwater.tracking_plan import Plan

from local.plan.shapes import Shape, shapes

_NAME = re.compile(r"[A-Za-z_$][A-Za-z0-9_$]*")
_SCALARS: Mapping[str, str] = {
    "string": "string",
    "number": "number",
    "integer": "number",
    "boolean": "boolean",
    "null": "null",
}

_HEAD = """// Made from the tracking plan by `make plan-types`. Change the plan, then make it again.

/** analytics.js, as far as it is needed here. */
export interface Analytics {
  track(event: string, properties?: object, options?: object): unknown;
}

export interface Options {
  context?: Record<string, unknown>;
  integrations?: Record<string, unknown>;
  timestamp?: Date | string;
}
"""


def typescript(plan: Plan) -> str:
    """Return the module's text."""
    found = list(shapes(plan))
    names = "".join(
        f"  {_camel(shape.function)}: {json.dumps(shape.event, ensure_ascii=False)},\n"
        for shape in found
    )
    events = (
        "\n/** The events' names, for clients that take one message, as analytics-node does. */\n"
        f"export const events = {{\n{names}}} as const;\n"
    )
    return _HEAD + events + "".join(f"\n{_event(shape)}" for shape in found)


def _event(shape: Shape) -> str:
    required = bool(shape.schema.get("required"))
    properties = f"properties{'' if required else '?'}: {shape.type_name}"
    options = "options"
    if shape.version is not None:
        protocols = f"{{ event_version: {shape.version} }}"
        options = f"{{ ...options, context: {{ ...options?.context, protocols: {protocols} }} }}"
    comment = _comment(shape.description, "")
    return (
        f"{comment}export interface {shape.type_name} {_object(shape.schema, '')}\n\n"
        f"{comment}export function {_camel(shape.function)}(\n"
        f"  analytics: Analytics,\n  {properties},\n  options?: Options,\n): unknown {{\n"
        f"  return analytics.track({json.dumps(shape.event, ensure_ascii=False)}, properties,"
        f" {options});\n}}\n"
    )


def _object(schema: Mapping[str, Any], indent: str) -> str:
    return "{\n" + "".join(_members(schema, f"{indent}  ")) + f"{indent}}}"


def _members(schema: Mapping[str, Any], indent: str) -> Iterator[str]:
    required = schema.get("required", ())
    for name, said in schema.get("properties", {}).items():
        key = name if _NAME.fullmatch(name) else json.dumps(name, ensure_ascii=False)
        description = said.get("description", "") if isinstance(said, dict) else ""
        optional = "" if name in required else "?"
        yield f"{_comment(description, indent)}{indent}{key}{optional}: {_type(said, indent)};\n"


def _type(schema: Any, indent: str) -> str:
    if not isinstance(schema, dict):
        return "unknown"
    if "const" in schema:
        return json.dumps(schema["const"], ensure_ascii=False)
    if "enum" in schema:
        return " | ".join(json.dumps(value, ensure_ascii=False) for value in schema["enum"])
    said = schema.get("type")
    kinds = [said] if isinstance(said, str) else list(said or ())
    return " | ".join(_kind(kind, schema, indent) for kind in kinds) or "unknown"


def _kind(kind: str, schema: Mapping[str, Any], indent: str) -> str:
    if kind in _SCALARS:
        return _SCALARS[kind]
    if kind == "array":
        return f"Array<{_type(schema.get('items'), indent)}>"
    return _object(schema, indent) if schema.get("properties") else "Record<string, unknown>"


def _comment(text: str, indent: str) -> str:
    plain = " ".join(text.split()).replace("*/", "* /")
    return f"{indent}/** {plain} */\n" if plain else ""


def _camel(function: str) -> str:
    first, *others = function.split("_")
    return first + "".join(word[:1].upper() + word[1:] for word in others)
