"""What a planned event is called in the lake, and its properties: a view with typed columns.

Names are made snake_case as Segment's warehouses make them. Two that become one are a fault of the plan.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Literal
from unicodedata import normalize

from headwater.tracking_plan.plan import Plan
from headwater.tracking_plan.rule import Fault, Rule

ColumnType = Literal["string", "number", "integer", "boolean", "timestamp", "date", "json"]

# The prefix is the plan's: a view of that name which the plan does not have is taken away.
PREFIX = "event_"
# What every view has before the properties; the view's name of a property never hides one of them.
BASE = (
    "message_id", "timestamp", "received_at", "effective_at", "person_id", "anonymous_id", "user_id",
    "source_id", "source_kind", "page_path", "device_kind", "utm_source", "utm_medium", "utm_campaign",
    "violations",
)  # fmt: skip
_RESERVED = frozenset(BASE) | {"dt"}
# Athena takes names of 255 characters; nobody types one of a hundred.
_MAX_CHARACTERS = 100


@dataclass(frozen=True, slots=True)
class PlannedColumn:
    """A property as a column."""

    property: str
    name: str
    type: ColumnType


@dataclass(frozen=True, slots=True)
class PlannedEvent:
    """A track event as a view; its columns are those of all its versions."""

    event: str
    view: str
    columns: tuple[PlannedColumn, ...]


def planned_events(plan: Plan) -> tuple[PlannedEvent, ...]:
    """Return the plan's track events, by the names of their views."""
    return tuple(
        PlannedEvent(name, view_name(name), tuple(_columns(rules)))
        for name, rules in sorted(_by_event(plan).items(), key=lambda each: view_name(each[0]))
    )


def collisions(plan: Plan) -> Iterator[Fault]:
    """Yield each event, and each property of an event, whose name in the lake is taken."""
    views: dict[str, str] = {}
    for event, rules in _by_event(plan).items():
        rule = rules[0]
        other = views.setdefault(view_name(event), event)
        if other != event:
            message = (
                f"{event!r} and {other!r} would both be the view {view_name(event)}: rename one"
            )
            yield Fault(rule.file, rule.line, message)
        names: dict[str, str] = {}
        for column in _columns(rules):
            other = names.setdefault(column.name, column.property)
            if other != column.property:
                yield Fault(
                    rule.file,
                    rule.line,
                    f"{event}: {column.property!r} and {other!r} would both be the column"
                    f" {column.name}: rename one",
                )


def view_name(event: str) -> str:
    """Return the name of the event's view."""
    return PREFIX + snake_case(event)


def snake_case(name: str) -> str:
    """Return a name of a-z, 0-9 and _; a name without any such letter is known by its digest."""
    plain = normalize("NFKD", name).encode("ascii", "ignore").decode()
    words = re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", plain)
    cased = re.sub(r"[^a-z0-9]+", "_", words.lower()).strip("_")
    if cased and len(cased) <= _MAX_CHARACTERS:
        return cased
    digest = sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:8]
    return f"{cased[: _MAX_CHARACTERS - 9]}_{digest}".strip("_")


def _by_event(plan: Plan) -> Mapping[str, list[Rule]]:
    found: dict[str, list[Rule]] = {}
    for rule in sorted(plan.rules, key=lambda rule: rule.version):
        if rule.type == "track" and rule.key is not None:
            found.setdefault(rule.key, []).append(rule)
    return found


def _columns(rules: list[Rule]) -> Iterator[PlannedColumn]:
    types: dict[str, ColumnType] = {}
    for rule in rules:
        for name, schema in rule.members.items():
            kind = column_type(schema)
            before = types.setdefault(name, kind)
            if before != kind:  # versions that disagree: the text of either
                types[name] = "json" if "json" in (before, kind) else "string"
    for name, kind in types.items():
        cased = snake_case(name)
        yield PlannedColumn(name, f"property_{cased}" if cased in _RESERVED else cased, kind)


def column_type(schema: Any) -> ColumnType:
    """Return what a property's values are in the lake, `json` where they may be anything."""
    if not isinstance(schema, dict):
        return "json"
    said = schema.get("type")
    kinds = {said} if isinstance(said, str) else set(said or ())
    if not kinds:
        kinds = {_type_of(value) for value in schema.get("enum", [None])}
    kinds -= {"null"}
    if kinds == {"string"}:
        formats: Mapping[Any, ColumnType] = {"date-time": "timestamp", "date": "date"}
        return formats.get(schema.get("format"), "string")
    if kinds == {"integer"} or kinds == {"boolean"}:
        return "integer" if "integer" in kinds else "boolean"
    if kinds and kinds <= {"number", "integer"}:
        return "number"
    return "string" if kinds and not kinds & {"object", "array", ""} else "json"


def _type_of(value: Any) -> str:
    match value:
        case bool():
            return "boolean"
        case int():
            return "integer"
        case float():
            return "number"
        case str():
            return "string"
        case None:
            return ""
        case _:
            return "object"
