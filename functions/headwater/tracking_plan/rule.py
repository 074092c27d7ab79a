"""A rule: what the plan says of one event, in one version; and a fault in what it says."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

from headwater.tracking_plan import dialect

if TYPE_CHECKING:
    from jsonschema_rs import Validator

RuleType = Literal["track", "page", "screen", "identify", "group", "common"]
RULE_TYPES: tuple[RuleType, ...] = ("track", "page", "screen", "identify", "group", "common")
# Where a message of each type carries what is planned.
MEMBERS: Mapping[str, Literal["properties", "traits"]] = {
    "track": "properties",
    "page": "properties",
    "screen": "properties",
    "identify": "traits",
    "group": "traits",
}


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """Something that a plan says wrongly: the file as its owner knows it, the line, the remedy."""

    file: str
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.message}"


@dataclass(frozen=True, kw_only=True)
class Rule:
    """What the plan says of one event: Segment's rule (Public API, `RuleV1`), and who answers for it.

    `key` is the exact event name of a track, the name of a page or screen; None means every call of
    the type. `schema` is JSON Schema over the whole message, the properties below `properties`.
    """

    type: RuleType
    key: str | None
    version: int
    schema: Mapping[str, Any]
    file: str
    line: int = 1
    description: str = ""
    owner: str = ""

    @property
    def title(self) -> str:
        """How people call it."""
        return self.key or f"every {self.type}"

    @cached_property
    def members(self) -> Mapping[str, Any]:
        """The schemas of the properties or traits that the rule names."""
        return members_of(self.schema, MEMBERS.get(self.type, "properties"))

    @cached_property
    def required(self) -> frozenset[str]:
        """The properties or traits that must be there."""
        part = _part(self.schema, MEMBERS.get(self.type, "properties"))
        return frozenset(part.get("required", ()))

    @cached_property
    def parts(self) -> frozenset[str] | None:
        """The fields of the message that the schema looks at; None when it may be any."""
        if self.schema.keys() - _PLAIN_KEYWORDS:
            return None
        return frozenset(self.schema.get("properties", {})) | frozenset(
            self.schema.get("required", ())
        )

    @cached_property
    def validator(self) -> "Validator":
        """The schema, compiled when the first event asks for it."""
        return dialect.compiled(self.schema)

    @cached_property
    def planned_patterns(self) -> tuple["Validator", ...]:
        """What else may be a planned name: the schema's own `patternProperties`."""
        part = _part(self.schema, MEMBERS.get(self.type, "properties"))
        return tuple(
            dialect.compiled({"pattern": pattern}) for pattern in part.get("patternProperties", {})
        )

    @cached_property
    def names(self) -> frozenset[str]:
        """Every property name that the plan itself writes: such a name tells nothing of anybody."""
        return frozenset(_names(self.schema))

    def plans(self, name: str) -> bool:
        """Whether the rule names this property or trait."""
        return name in self.members or any(
            pattern.is_valid(name) for pattern in self.planned_patterns
        )


# With these keywords alone, a schema looks at nothing but the fields it lists.
_PLAIN_KEYWORDS = frozenset(
    {"$schema", "$id", "id", "type", "properties", "required", "title", "description", "labels"}
)


def members_of(schema: Mapping[str, Any], part: str) -> Mapping[str, Any]:
    """Return the schemas of what is named below `properties` or `traits` of the message."""
    named = _part(schema, part).get("properties")
    return named if isinstance(named, dict) else {}


def _part(schema: Mapping[str, Any], part: str) -> Mapping[str, Any]:
    fields = schema.get("properties")
    found = fields.get(part) if isinstance(fields, dict) else None
    return found if isinstance(found, dict) else {}


def _names(schema: Any) -> Iterator[str]:
    if isinstance(schema, list):
        for inner in schema:
            yield from _names(inner)
    elif isinstance(schema, dict):
        named = schema.get("properties")
        if isinstance(named, dict):
            yield from named
        for inner in schema.values():
            yield from _names(inner)
