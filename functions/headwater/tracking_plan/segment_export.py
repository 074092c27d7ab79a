"""Segment's exported plan, read as it is: of the Public API, and of the Config API before it.

Public API, `GET /tracking-plans/{id}/rules`: a list of `{type, key, version, jsonSchema}`, at the top
or under `data.rules` (docs.segmentapis.com, RuleV1, read 2026-11-27). Config API: `{display_name, rules:
{events: [{name, version, description, rules}], global, identify, group, identify_traits,
group_traits}}`, where the rules are JSON Schema (Segment's Go client, read 2026-11-27).
"""

from collections.abc import Iterator, Mapping
from typing import Any

from headwater.tracking_plan.own_form import Wrong
from headwater.tracking_plan.rule import RULE_TYPES, Rule

Read = Rule | Wrong


def rules(document: Any, *, file: str) -> Iterator[Read]:
    """Yield the rules, and where there is none that could be read, why; a place begins with the name."""
    found = document
    for step in ("data", "trackingPlan", "rules"):
        if isinstance(found, dict) and step in found:
            found = found[step]
    if isinstance(found, list):
        for number, each in enumerate(found):
            yield _of_public_api(each, number, file)
    elif isinstance(found, dict) and isinstance(found.get("events"), list):
        yield from _of_config_api(found, file)
    else:
        yield (), "no exported tracking plan: it has neither a list of rules nor rules.events"


def _of_public_api(each: Any, number: int, file: str) -> Read:
    if not isinstance(each, dict) or not isinstance(each.get("jsonSchema"), dict):
        return ("rules",), f"rule {number} has no jsonSchema"
    kind = str(each.get("type", "")).lower()
    if kind not in RULE_TYPES:
        return ("rules",), f"rule {number}: type {each.get('type')!r} is none of Segment's"
    return _rule(kind, each.get("key"), each.get("version", 1), each["jsonSchema"], file)


def _of_config_api(found: Mapping[str, Any], file: str) -> Iterator[Read]:
    for number, each in enumerate(found["events"]):
        if not isinstance(each, dict) or not isinstance(each.get("rules"), dict):
            yield ("events",), f"event {number} has no rules"
            continue
        yield _rule(
            "track",
            each.get("name"),
            each.get("version", 1),
            each["rules"],
            file,
            each.get("description"),
        )
    if found.get("global"):
        yield _rule("common", None, 1, found["global"], file)
    for kind in ("identify", "group"):
        # The newer field is a schema of the whole message, the older a list of traits.
        if found.get(kind):
            yield _rule(kind, None, 1, found[kind], file)
        elif found.get(f"{kind}_traits"):
            yield _of_traits(kind, found[f"{kind}_traits"], file)


def _of_traits(kind: str, traits: Any, file: str) -> Read:
    if not isinstance(traits, list) or not all(
        isinstance(each, dict) and isinstance(each.get("name"), str) for each in traits
    ):
        return (f"{kind}_traits",), "a list of traits, each with its name"
    named = {each["name"]: each.get("rules") or {} for each in traits}
    required = [each["name"] for each in traits if each.get("required")]
    part = {"type": "object", "properties": named, "required": required}
    return _rule(kind, None, 1, {"type": "object", "properties": {"traits": part}}, file)


def _rule(
    kind: Any, key: Any, version: Any, schema: Any, file: str, description: Any = None
) -> Read:
    if kind == "track" and (not isinstance(key, str) or not key):
        return ("rules",), "a TRACK rule without the event's name in `key`"
    if not isinstance(version, int) or isinstance(version, bool) or version < 0:
        return (str(key),), f"version {version!r} is no whole number"
    if not isinstance(schema, dict):
        return (str(key or kind),), "its schema is no object"
    said = description or schema.get("description") or ""
    return Rule(
        type=kind,
        key=key or None,
        version=version,
        schema=schema,
        file=file,
        description=str(said).strip(),
        owner=_owner(schema),
    )


def _owner(schema: Mapping[str, Any]) -> str:
    # Segment's labels are the plan's only place for who answers for an event.
    labels = schema.get("labels")
    return str(labels.get("owner", "")) if isinstance(labels, dict) else ""
