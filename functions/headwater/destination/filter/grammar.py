"""The words of a filter as one function of an event: each part becomes a closure, once.

any_of  = all_of { "or" all_of }
all_of  = negated { "and" negated }
negated = { "!" | "not" } compared
compared = value [ ("=" | "!=" | "<" | "<=" | ">" | ">=" | "in") value ]
value   = text | number | true | false | null | path | name "(" any_of { "," any_of } ")"
| "(" any_of ")" | "[" literal { "," literal } "]"
"""

import operator
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from headwater.destination.filter import values
from headwater.destination.filter.fields import reader
from headwater.destination.filter.glob import compile_glob
from headwater.destination.filter.tokens import FilterError, Token
from headwater.record import StoredEvent

# Each level is a few Python calls, here and for every event.
MAX_NESTING = 20

type Value = Callable[[StoredEvent], Any]

_COMPARISONS: Mapping[str, Callable[[Any, Any], bool]] = {
    "=": values.equal,
    "!=": lambda left, right: not values.equal(left, right),
    "<": values.ordered(operator.lt),
    "<=": values.ordered(operator.le),
    ">": values.ordered(operator.gt),
    ">=": values.ordered(operator.ge),
    "in": values.among,
}
_CONSTANTS = {"true": True, "false": False, "null": None}
_WORDS = frozenset({"and", "or", "not", "in", *_CONSTANTS})
_FUNCTIONS = ("contains", "match", *values.OF_ONE)


def parse(tokens: Sequence[Token]) -> Value:
    """Return the function that the words make; raises FilterError where they make none."""
    reading = _Reading(tokens)
    value = reading.any_of()
    if reading.next.kind != "end":
        raise reading.expected("and, or, or the end")
    return value


class _Reading:
    """The words from left to right; each method takes what its rule of the grammar says."""

    def __init__(self, tokens: Sequence[Token]) -> None:
        self._tokens = tokens
        self._place = 0
        self._depth = 0

    @property
    def next(self) -> Token:
        return self._tokens[self._place]

    def expected(self, what: str) -> FilterError:
        found = "the end" if self.next.kind == "end" else self.next.written
        return FilterError(self.next.at, f"expected {what}, found {found}")

    def any_of(self) -> Value:
        self._depth += 1
        if self._depth > MAX_NESTING:
            raise FilterError(self.next.at, f"nested more than {MAX_NESTING} deep")
        parts = [self._all_of()]
        while self._takes("or"):
            parts.append(self._all_of())
        self._depth -= 1
        if len(parts) == 1:
            return parts[0]
        return lambda event: any(part(event) is True for part in parts)

    def _all_of(self) -> Value:
        parts = [self._negated()]
        while self._takes("and"):
            parts.append(self._negated())
        if len(parts) == 1:
            return parts[0]
        return lambda event: all(part(event) is True for part in parts)

    def _negated(self) -> Value:
        turns = 0
        while self._takes("!", "not"):
            turns += 1
        value = self._compared()
        if not turns:
            return value
        wanted = turns % 2 == 0
        return lambda event: (value(event) is True) is wanted

    def _compared(self) -> Value:
        left = self._value()
        compare = _COMPARISONS.get(self.next.written)
        if compare is None:
            return left
        self._place += 1
        right = self._value()
        if self.next.written in _COMPARISONS:
            raise self.expected("and, or, or the end")
        return lambda event: compare(left(event), right(event))

    def _value(self) -> Value:
        token = self.next
        if self._takes("("):
            value = self.any_of()
            self._must(")")
            return value
        if token.written == "[" or token.kind in ("text", "number") or token.written in _CONSTANTS:
            constant = self._literal()
            return lambda _: constant
        if token.kind != "path" or token.written in _WORDS:
            raise self.expected("a field, a value or a function")
        self._place += 1
        if self.next.written == "(":
            return self._call(token)
        return reader(token.value)  # type: ignore[arg-type]

    def _literal(self) -> Any:
        token = self.next
        if token.kind in ("text", "number"):
            self._place += 1
            return token.value
        if token.written in _CONSTANTS:
            self._place += 1
            return _CONSTANTS[token.written]
        if not self._takes("["):
            raise self.expected("a text, a number, true, false or null")
        listed: list[Any] = []
        while not self._takes("]"):
            if listed:
                self._must(",")
            if self.next.written == "[":
                raise self.expected("a text, a number, true, false or null")
            listed.append(self._literal())
        return listed

    def _call(self, name: Token) -> Value:
        if name.written not in _FUNCTIONS:
            raise FilterError(
                name.at, f"there is no function {name.written}; use {', '.join(_FUNCTIONS)}"
            )
        self._must("(")
        first = self.any_of()
        if one := values.OF_ONE.get(name.written):
            self._must(")")
            return lambda event: one(first(event))
        self._must(",")
        if name.written == "contains":
            second = self.any_of()
            self._must(")")
            return lambda event: values.contains(first(event), second(event))
        pattern = self.next
        if pattern.kind != "text":
            raise self.expected("a pattern in quotes")
        matches = compile_glob(str(self._literal()), pattern.at)
        self._must(")")

        def match(event: StoredEvent) -> bool:
            text = first(event)
            return isinstance(text, str) and matches(text)

        return match

    def _takes(self, *written: str) -> bool:
        # A quoted text is written with its quotes, so it is never taken for a sign.
        if self.next.written in written:
            self._place += 1
            return True
        return False

    def _must(self, written: str) -> None:
        if not self._takes(written):
            raise self.expected(written)
