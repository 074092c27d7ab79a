"""What is wrong with an event, in Segment's words, and never with a value of somebody's in it.

Segment's violation is `{type, field, description}` (docs/protocols, read 2026-11-27). A description is
made from the plan alone: the value at fault is in the event, and only there.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jsonschema_rs import ValidationError, Validator

Path = tuple[str | int, ...]

# An event keeps this many; whoever looks has the plan to find the others.
MAX_KEPT = 20
# All errors are collected at 10 µs each. An event of more values than this is told its first.
MAX_VALUES = 1_000
_MAX_CHARACTERS = 200


@dataclass(frozen=True, slots=True)
class Violation:
    """One fault: where in the message it is, and what the plan asks for there."""

    type: str
    path: Path
    description: str

    @property
    def field(self) -> str:
        """The place as people write it: `properties.products.0.price`."""
        return ".".join(map(str, self.path))[:_MAX_CHARACTERS]

    def to_json(self) -> dict[str, str]:
        """Return it as it is stored on the event."""
        return {"type": self.type, "field": self.field, "description": self.description}


def unplanned_event() -> Violation:
    """Say that the plan has no such event."""
    return Violation("Unplanned Event", ("event",), "this event is not in the plan")


def unplanned_member(part: str, name: str) -> Violation:
    """Say that the plan's event has no such property or trait."""
    what = "Property" if part == "properties" else "Trait"
    return Violation(f"Unplanned {what}", (part, name), f"this {what.lower()} is not in the plan")


def violations(
    validator: "Validator", message: Mapping[str, Any], *, whole: bool
) -> list[Violation]:
    """Return what the message violates: all of it (`whole`), or the first found."""
    if validator.is_valid(message):
        return []
    if whole:
        return [_violation(error) for error in validator.iter_errors(message)]
    try:
        validator.validate(message)
    except ValueError as error:
        return [_violation(error)]  # type: ignore[arg-type]
    return []


def few(value: Any, left: int = MAX_VALUES) -> bool:
    """Whether there are no more than so many values in it, inner ones counted."""
    return all(count < left for count, _ in enumerate(_values(value)))


def _values(value: Any) -> Iterator[Any]:
    waiting = [value]
    while waiting:
        found = waiting.pop()
        yield found
        if isinstance(found, dict):
            waiting.extend(found.values())
        elif isinstance(found, list):
            waiting.extend(found)


def _violation(error: "ValidationError") -> Violation:
    keyword, said = error.kind.name, error.kind.as_dict()
    path = tuple(error.instance_path)
    if keyword == "required":
        name = str(said["property"])
        return Violation("Required", (*path, name), _cut(f"missing required property: {name}"))
    if keyword not in _SAID:
        return Violation(_title(keyword), path, f"does not meet the plan's `{keyword}`")
    kind, describe = _SAID[keyword]
    return Violation(kind, path, _cut(describe(said)))


def _bound(text: str) -> Callable[[Mapping[str, Any]], str]:
    return lambda said: f"{text} {said['limit']}"


_SAID: Mapping[str, tuple[str, Callable[[Mapping[str, Any]], str]]] = {
    "type": ("Invalid Type", lambda said: f"must be {' or '.join(said['types'])}"),
    "enum": ("Enum", lambda said: f"must be one of: {', '.join(map(str, said['options']))}"),
    "const": ("Enum", lambda said: f"must be: {said['expected_value']}"),
    "pattern": ("Pattern", lambda said: f"must match {said['pattern']}"),
    "format": ("Format", lambda said: f"must be a {said['format']}"),
    "minimum": ("Minimum", _bound("must be at least")),
    "maximum": ("Maximum", _bound("must be at most")),
    "exclusiveMinimum": ("Minimum", _bound("must be more than")),
    "exclusiveMaximum": ("Maximum", _bound("must be less than")),
    "minLength": ("Min Length", _bound("characters, at least")),
    "maxLength": ("Max Length", _bound("characters, at most")),
    "minItems": ("Min Items", _bound("items, at least")),
    "maxItems": ("Max Items", _bound("items, at most")),
}


def _title(keyword: str) -> str:
    words = "".join(f" {letter}" if letter.isupper() else letter for letter in keyword)
    return words.title()


def _cut(text: str) -> str:
    return text if len(text) <= _MAX_CHARACTERS else text[: _MAX_CHARACTERS - 1] + "…"
