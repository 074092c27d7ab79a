"""How the values of an event compare, and the functions of the language; nothing here ever raises."""

from collections.abc import Callable, Mapping
from math import isfinite
from typing import Any

import orjson


def type_of(value: Any) -> str:
    """Name the JSON type, as Segment's `typeof` does."""
    match value:
        case None:
            return "null"
        case bool():
            return "bool"
        case str():
            return "string"
        case int() | float():
            return "number"
        case list() | tuple():
            return "list"
        case _:
            return "object"


def equal(left: Any, right: Any) -> bool:
    """Tell whether both have the same type and the same value; `true` is not 1."""
    return type_of(left) == type_of(right) and bool(left == right)


def among(value: Any, values: Any) -> bool:
    """Tell whether a list holds the value."""
    return type_of(values) == "list" and any(equal(value, one) for one in values)


def ordered(compare: Callable[[Any, Any], bool]) -> Callable[[Any, Any], bool]:
    """Compare numbers; of anything else none is greater or less."""
    return lambda left, right: type_of(left) == type_of(right) == "number" and compare(left, right)


def contains(text: Any, part: Any) -> bool:
    """Tell whether a text holds another."""
    return isinstance(text, str) and isinstance(part, str) and part in text


def length(value: Any) -> int | None:
    """Count the elements of a list, or the bytes of a text; 0 for null."""
    match type_of(value):
        case "null":
            return 0
        case "string":
            return len(value.encode("utf-8", "surrogatepass"))
        case "list":
            return len(value)
    return None


def to_bool(value: Any) -> bool:
    """Tell whether there is something: not null, 0, an empty text or list, or the text "false"."""
    return bool(value) and value != "false"


def to_string(value: Any) -> str | None:
    """Write the value as a text, a list as JSON; null stays null."""
    match type_of(value):
        case "null" | "object":
            return None
        case "string":
            return str(value)
    try:
        return orjson.dumps(value).decode()
    except orjson.JSONEncodeError:  # nested too deep, or an integer beyond 64 bits
        return None


def to_number(value: Any) -> int | float | None:
    """Read a number, also from a text of one; null for anything else."""
    if isinstance(value, str):
        try:
            value = float(value)
        except ValueError:
            return None
    if type_of(value) != "number" or not isfinite(value):
        return None
    return value  # type: ignore[no-any-return]


def of_text(change: Callable[[str], str]) -> Callable[[Any], str | None]:
    """Change a text; null for anything else."""
    return lambda value: change(value) if isinstance(value, str) else None


# By name: the functions of one value. `contains` and `match` take two and stand in the grammar.
OF_ONE: Mapping[str, Callable[[Any], Any]] = {
    "length": length,
    "lowercase": of_text(str.lower),
    "uppercase": of_text(str.upper),
    "snakecase": of_text(lambda text: text.replace(" ", "_")),
    "kebabcase": of_text(lambda text: text.replace(" ", "-")),
    "titlecase": of_text(str.title),
    "typeof": type_of,
    "bool": to_bool,
    "string": to_string,
    "number": to_number,
}
