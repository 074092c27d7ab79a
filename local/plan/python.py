"""A plan as Python: a TypedDict and a function for each event, for Segment's own Python client."""

import json
from collections.abc import Mapping
from typing import Any

from headwater.tracking_plan import Plan

from local.plan.shapes import Shape, shapes

_SCALARS: Mapping[str, str] = {
    "string": "str",
    "number": "float",
    "integer": "int",
    "boolean": "bool",
    "null": "None",
}

_HEAD = '''"""Made from the tracking plan by `make plan-types`. Change the plan, then make it again."""

from typing import Any, Literal, NotRequired, Protocol, TypedDict


class Client(Protocol):
    """Segment's Python client, as far as it is needed here; `segment.analytics` itself is one too."""

    @property
    def track(self) -> Any: ...
'''


def python(plan: Plan) -> str:
    """Return the module's text."""
    return _HEAD + "".join(f"\n\n{_event(shape)}" for shape in shapes(plan))


def _event(shape: Shape) -> str:
    before: list[str] = []
    name = _typed_dict(shape.type_name, shape.schema, before)
    default = "" if shape.schema.get("required") else " | None = None"
    context = ""
    if shape.version is not None:
        protocols = f'{{"event_version": {shape.version}}}'
        context = f'    options["context"] = {{**options.get("context", {{}}), "protocols": {protocols}}}\n'
    doc = " ".join(shape.description.split()).replace("\\", "\\\\").replace('"', "'")
    said = f'    """{doc}"""\n' if doc else ""
    return (
        "\n\n".join(before)
        + f"\n\ndef {shape.function}(\n    client: Client,\n    properties: {name}{default},\n"
        "    *,\n    user_id: str | None = None,\n    anonymous_id: str | None = None,\n"
        f"    **options: Any,\n) -> None:\n{said}{context}"
        f"    client.track(\n        user_id, {_text(shape.event)}, properties,"
        " anonymous_id=anonymous_id, **options\n    )\n"
    )


def _typed_dict(name: str, schema: Mapping[str, Any], before: list[str]) -> str:
    """Write the object's type after the types it needs, and return its name.

    In the functional form: a property may be named like nothing in Python.
    """
    required = schema.get("required", ())
    fields = []
    for key, said in schema.get("properties", {}).items():
        kind = _type(said, name + _words(key), before)
        fields.append(
            f"        {_text(key)}: {kind if key in required else f'NotRequired[{kind}]'},\n"
        )
    before.append(f"{name} = TypedDict(\n    {_text(name)},\n    {{\n{''.join(fields)}    }},\n)\n")
    return name


def _type(schema: Any, name: str, before: list[str]) -> str:
    if not isinstance(schema, dict):
        return "Any"
    options = [schema["const"]] if "const" in schema else schema.get("enum")
    if options is not None:
        literal = all(isinstance(option, str | int) or option is None for option in options)
        return f"Literal[{', '.join(map(repr, options))}]" if literal and options else "Any"
    said = schema.get("type")
    kinds = [said] if isinstance(said, str) else list(said or ())
    return " | ".join(_kind(kind, schema, name, before) for kind in kinds) or "Any"


def _kind(kind: str, schema: Mapping[str, Any], name: str, before: list[str]) -> str:
    if kind in _SCALARS:
        return _SCALARS[kind]
    if kind == "array":
        return f"list[{_type(schema.get('items'), f'{name}Item', before)}]"
    return _typed_dict(name, schema, before) if schema.get("properties") else "dict[str, Any]"


def _words(key: str) -> str:
    words = "".join(letter if letter.isalnum() else " " for letter in key.replace("_", " ")).split()
    return "".join(word[:1].upper() + word[1:] for word in words)


def _text(value: str) -> str:
    return json.dumps(value, ensure_ascii=False)
