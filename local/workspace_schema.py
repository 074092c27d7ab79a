"""Writes the JSON Schema of a workspace, for editors: `make workspace-schema`.

An editor that knows TOML (Taplo, Even Better TOML) reads it where the file's first line says
`#:schema ./workspace.schema.json`: it completes keys, shows what they mean, and marks what is wrong.
"""

import json
from typing import Any

from headwater import workspace
from headwater.destinations import DESTINATIONS
from headwater.workspace import Workspace

PATH = workspace.DIRECTORY / "workspace.schema.json"

_REFERENCE = {"type": "string", "pattern": "^secret:.+$"}


def main() -> None:
    """Write the schema."""
    PATH.write_text(json.dumps(schema(), indent=2) + "\n", encoding="utf-8")


def schema() -> dict[str, Any]:
    """Return the schema of a workspace file, with the settings of each type of destination."""
    whole = Workspace.model_json_schema()
    # The file's own name; it is not written in the file.
    del whole["properties"]["name"]
    whole["required"] = [name for name in whole["required"] if name != "name"]
    entry = whole["$defs"]["DestinationEntry"]
    entry["properties"]["type"] = {"enum": sorted(DESTINATIONS)}
    entry["allOf"] = []
    for slug, sheet in sorted(DESTINATIONS.items()):
        settings = sheet.settings.model_json_schema(ref_template=f"#/$defs/{slug}.{{model}}")
        for name, inner in settings.pop("$defs", {}).items():
            whole["$defs"][f"{slug}.{name}"] = inner
        whole["$defs"][slug] = _with_references(settings)
        entry["allOf"].append(
            {
                "if": {"properties": {"type": {"const": slug}}},
                "then": {"properties": {"settings": {"$ref": f"#/$defs/{slug}"}}},
            }
        )
    return {"$schema": "http://json-schema.org/draft-07/schema#", **whole}


def _with_references(settings: dict[str, Any]) -> dict[str, Any]:
    """Let every setting be the name of a secret, and those that are secrets nothing else."""
    for name, setting in settings.get("properties", {}).items():
        secret = setting.get("format") == "password" or any(
            choice.get("format") == "password" for choice in setting.get("anyOf", ())
        )
        meaning = {"description": setting["description"]} if "description" in setting else {}
        settings["properties"][name] = (
            {**_REFERENCE, **meaning} if secret else {"anyOf": [setting, _REFERENCE], **meaning}
        )
    return settings


if __name__ == "__main__":
    main()
