"""DynamoDB's expressions, as far as the identity store writes them, evaluated over a dictionary.

`test_memory_table.py` holds this to moto's answers. An expression it does not know raises.
"""

import re
from collections.abc import Mapping
from typing import Any

_TOKEN = re.compile(r"\s*(:\w+|#\w+|\w+|<=|>=|<>|[<>=(),+])")

type Item = Mapping[str, Any]


class Condition:
    """A recursive descent over OR, AND, NOT, comparisons and the functions in use."""

    def __init__(self, text: str, names: Mapping[str, str], values: Mapping[str, Any]) -> None:
        self._tokens = _TOKEN.findall(text)
        self._names = names
        self._values = values

    def holds(self, item: Item) -> bool:
        self._item, self._at = item, 0
        result = self._either()
        assert self._at == len(self._tokens), self._tokens[self._at :]
        return result

    def _next(self, *expected: str) -> str:
        token: str = self._tokens[self._at]
        assert not expected or token in expected, (token, expected)
        self._at += 1
        return token

    def _peek(self) -> str:
        return self._tokens[self._at] if self._at < len(self._tokens) else ""

    def _either(self) -> bool:
        result = self._both()
        while self._peek() == "OR":
            self._next()
            result = self._both() or result
        return result

    def _both(self) -> bool:
        result = self._one()
        while self._peek() == "AND":
            self._next()
            result = self._one() and result
        return result

    def _one(self) -> bool:
        if self._peek() == "NOT":
            self._next()
            return not self._one()
        if self._peek() == "(":
            self._next()
            result = self._either()
            self._next(")")
            return result
        if self._peek() in ("attribute_exists", "attribute_not_exists", "contains"):
            function = self._next()
            arguments = self._arguments()
            if function == "contains":
                return arguments[0] is not None and arguments[1] in arguments[0]
            return (arguments[0] is not None) == (function == "attribute_exists")
        left, operator, right = (
            self._operand(),
            self._next("<", ">", "<=", ">=", "="),
            self._operand(),
        )
        if left is None or right is None:
            return False
        return bool(
            {
                "<": left < right,
                ">": left > right,
                "<=": left <= right,
                ">=": left >= right,
                "=": left == right,
            }[operator]
        )

    def _arguments(self) -> list[Any]:
        self._next("(")
        arguments = [self._operand()]
        while self._next(",", ")") == ",":
            arguments.append(self._operand())
        return arguments

    def _operand(self) -> Any:
        token = self._next()
        if token == "size":
            (of,) = self._arguments()
            return None if of is None else len(of)
        if token.startswith(":"):
            return self._values[token]
        return self._item.get(self._names.get(token, token))


_CLAUSE = re.compile(r"\b(SET|ADD|REMOVE)\s+(.*?)(?=\s+(?:SET|ADD|REMOVE)\s|$)")
_COUNTER = re.compile(r"(?:if_not_exists\((\w+),(:\w+)\)|(\w+))\+(:\w+)")


def updated(item: Item, update: str, names: Mapping[str, str], values: Mapping[str, Any]) -> Item:
    """The item after `SET a=:x, b=b+:one, c=if_not_exists(c,:zero)+:one ADD d :set REMOVE e, f`."""
    after = dict(item)
    for clause, body in _CLAUSE.findall(update):
        for assignment in re.split(r",(?![^(]*\))", body):
            if clause == "ADD":
                name, value = assignment.split()
                name, added = names.get(name, name), values[value]
                after[name] = (
                    item.get(name, 0) + added
                    if isinstance(added, int)
                    else set(item.get(name, ())) | added
                )
                continue
            if clause == "REMOVE":
                after.pop(names.get(assignment.strip(), assignment.strip()), None)
                continue
            name, expression = assignment.strip().split("=", 1)
            after[names.get(name, name)] = _value(item, expression, values)
    return after


def _value(item: Item, expression: str, values: Mapping[str, Any]) -> Any:
    counter = _COUNTER.fullmatch(expression)
    if counter:
        name, default, plain, by = counter.groups()
        return (item[plain] if plain else item.get(name, values.get(default))) + values[by]
    return values[expression]
