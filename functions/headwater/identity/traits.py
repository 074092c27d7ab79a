"""What is known about somebody: per trait the latest value wins, and `null` removes it (R5).

A register is bounded without looking at arrival order, so that it stays a pure function of the set
of events: which names are kept depends on the names alone, and what is too long counts as removed.
The events in the lake keep everything.
"""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

import orjson

# 140 traits of 2,128 bytes with a time and a message id each stay below DynamoDB's 400 KB an item.
MAX_TRAITS = 140
MAX_NAME_BYTES = 128
MAX_VALUE_BYTES = 2_000

_REMOVED = "null"


class Trait(NamedTuple):
    """A value with its place in time; the larger tuple is the later one, a tie by message id."""

    at: int  # effective time in milliseconds
    message_id: str
    value: str  # JSON text; "null" is a removal with a time


type Traits = Mapping[str, Trait]


def traits_of(said: Mapping[str, Any], *, at: int, message_id: str) -> dict[str, Trait]:
    """Return the register of one `identify` or `group`."""
    return _bounded(
        {
            name: Trait(at, message_id, _text(value))
            for name, value in said.items()
            if 0 < len(orjson.dumps(name)) - 2 <= MAX_NAME_BYTES
        }
    )


def join(first: Traits, second: Traits) -> dict[str, Trait]:
    """Return the latest of both, trait by trait: commutative, associative and idempotent."""
    latest = dict(first)
    for name, trait in second.items():
        latest[name] = max(trait, latest.get(name, trait))
    return _bounded(latest)


def fold(registers: Iterable[Traits]) -> dict[str, Trait]:
    """Return what is known about a person from all the places it was said, removals included."""
    folded: dict[str, Trait] = {}
    for register in registers:
        folded = {
            **folded,
            **{n: max(trait, folded.get(n, trait)) for n, trait in register.items()},
        }
    return folded


def living(traits: Traits) -> dict[str, Any]:
    """Return the traits as a plain object, without those that were removed."""
    return {
        name: orjson.loads(trait.value) for name, trait in traits.items() if trait.value != _REMOVED
    }


def to_text(traits: Traits) -> str:
    """Write a register as the table keeps it: one JSON text, free of DynamoDB's number and key rules."""
    return orjson.dumps(dict(traits), default=list, option=orjson.OPT_SORT_KEYS).decode()


def from_item(item: Mapping[str, Any] | None) -> dict[str, Trait]:
    """Read the register as the table holds it; no item is nobody's traits."""
    if item is None or "t" not in item:
        return {}
    return {name: Trait(*parts) for name, parts in orjson.loads(item["t"]).items()}


def _text(value: object) -> str:
    text = orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
    return text.decode() if len(text) <= MAX_VALUE_BYTES else _REMOVED


def _bounded(traits: dict[str, Trait]) -> dict[str, Trait]:
    if len(traits) <= MAX_TRAITS:
        return traits
    # By length first: people name traits shortly, runaway code does not.
    kept = sorted(traits, key=lambda name: (len(name), name))[:MAX_TRAITS]
    return {name: traits[name] for name in kept}
