"""Whether a plan's names follow the convention: "Order Completed", `order_id`, and nothing that varies.

Segment's advice: object and past-tense action in proper case, snake_case properties, no dynamic values
in names (docs, "Data collection best practices", read 2026-11-27).
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from headwater.tracking_plan import Plan
from headwater.tracking_plan.rule import Fault, Rule

_TITLE = re.compile(r"[A-Z0-9][A-Za-z0-9]*")
_SMALL = frozenset(
    [
        "a",
        "an",
        "and",
        "as",
        "at",
        "by",
        "for",
        "from",
        "in",
        "of",
        "on",
        "or",
        "out",
        "the",
        "to",
        "up",
        "with",
    ]
)
_SNAKE = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
# A past tense ends in -ed, or is one of these.
_IRREGULAR = frozenset(
    [
        "become",
        "begun",
        "bought",
        "broken",
        "brought",
        "built",
        "caught",
        "chosen",
        "come",
        "cut",
        "done",
        "drawn",
        "driven",
        "fallen",
        "felt",
        "forgotten",
        "found",
        "given",
        "gone",
        "got",
        "grown",
        "had",
        "heard",
        "held",
        "hidden",
        "hit",
        "kept",
        "known",
        "left",
        "lent",
        "let",
        "lost",
        "made",
        "met",
        "paid",
        "put",
        "quit",
        "read",
        "reset",
        "ridden",
        "run",
        "said",
        "seen",
        "sent",
        "set",
        "shown",
        "shut",
        "sold",
        "sought",
        "spent",
        "split",
        "spoken",
        "spread",
        "stolen",
        "taken",
        "taught",
        "thrown",
        "told",
        "understood",
        "won",
        "withdrawn",
        "written",
        "began",
    ]
)
_DYNAMIC = re.compile(
    r"\d{3,}|[{}<>%$@#]|https?:|\b\d{4}-\d{2}-\d{2}\b|\b[0-9a-fA-F]{8,}\b|\bundefined\b|\bnull\b"
)


def naming_faults(plan: Plan) -> Iterator[Fault]:
    """Yield each name that leaves the convention, with what to write instead where that is plain."""
    for rule in plan.rules:
        if rule.type == "track" and rule.key is not None and (fault := event_fault(rule.key)):
            yield Fault(rule.file, rule.line, f"{rule.key!r}: {fault}")
        for name in _property_names(rule):
            if not _SNAKE.fullmatch(name.rpartition(".")[2]):
                yield Fault(rule.file, rule.line, f"{rule.title}: {name!r} is not snake_case")


def event_fault(name: str) -> str | None:
    """Return what is wrong with an event's name; None when it follows the convention."""
    if is_dynamic(name):
        return "holds what looks like a value: put it into a property"
    words = name.split(" ")
    if any(
        not _TITLE.fullmatch(word) and not (place and word in _SMALL)
        for place, word in enumerate(words)
    ):
        return "is not in Title Case, as in 'Order Completed'"
    if len(words) < 2 or not any(_is_past(word.lower()) for word in words):
        return "is no object and past-tense action, as in 'Order Completed'"
    return None


def is_dynamic(name: str) -> bool:
    """Whether the name holds something that differs from call to call."""
    return bool(_DYNAMIC.search(name))


def _is_past(word: str) -> bool:
    return (len(word) > 3 and word.endswith("ed")) or word in _IRREGULAR


def _property_names(rule: Rule) -> Iterator[str]:
    yield from _below(rule.members, "")


def _below(members: Mapping[str, Any], path: str) -> Iterator[str]:
    for name, schema in members.items():
        yield f"{path}{name}"
        inner = schema
        while isinstance(inner, dict):
            named = inner.get("properties")
            if isinstance(named, dict):
                yield from _below(named, f"{path}{name}.")
            inner = inner.get("items")
