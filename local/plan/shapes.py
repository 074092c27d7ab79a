"""What a helper is made for, whatever its language: an event, its function's name, its newest version."""

import keyword
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from headwater.tracking_plan import Plan
from headwater.tracking_plan.columns import snake_case

# Words that neither language takes as the name of a function, beside Python's own.
_TAKEN = frozenset(
    [
        "await",
        "break",
        "case",
        "catch",
        "class",
        "const",
        "continue",
        "debugger",
        "default",
        "delete",
        "do",
        "else",
        "enum",
        "export",
        "extends",
        "false",
        "finally",
        "for",
        "function",
        "if",
        "import",
        "in",
        "instanceof",
        "new",
        "null",
        "return",
        "static",
        "super",
        "switch",
        "this",
        "throw",
        "true",
        "try",
        "typeof",
        "var",
        "void",
        "while",
        "with",
        "yield",
        "let",
        "package",
        "private",
        "protected",
        "public",
        "interface",
        "implements",
        "arguments",
        "eval",
        "events",
        "track",
    ]
)


@dataclass(frozen=True, slots=True)
class Shape:
    """One event: `version` only where its clients must say which they follow."""

    event: str
    description: str
    function: str  # snake_case
    schema: dict[str, Any]  # of its properties
    version: int | None

    @property
    def type_name(self) -> str:
        """Return the name of its type."""
        return "".join(word[:1].upper() + word[1:] for word in self.function.split("_"))


def shapes(plan: Plan) -> Iterator[Shape]:
    """Yield each track event in its newest version, by name."""
    newest: dict[str, list[Any]] = {}
    for rule in sorted(plan.rules, key=lambda rule: rule.version):
        if rule.type == "track" and rule.key is not None:
            newest.setdefault(rule.key, []).append(rule)
    for name, rules in sorted(newest.items()):
        rule = rules[-1]
        schema = rule.schema.get("properties", {}).get("properties", {})
        yield Shape(
            name,
            rule.description,
            _function(name),
            schema if isinstance(schema, dict) else {},
            rule.version if len(rules) > 1 else None,
        )


def _function(name: str) -> str:
    cased = snake_case(name)
    taken = keyword.iskeyword(cased) or cased in _TAKEN or not cased[0].isalpha()
    return f"event_{cased}" if taken else cased
