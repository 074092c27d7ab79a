"""Which line of a plan's file a fault is on: the parsers of TOML and JSON do not keep it."""

import json
import re
from collections.abc import Sequence

_HEADER = re.compile(r"\s*\[\[?\s*([^\]]+?)\s*\]\]?\s*(?:#.*)?$")
_KEY = re.compile(r"""\s*((?:"[^"]*"|'[^']*'|[\w-]+)(?:\s*\.\s*(?:"[^"]*"|'[^']*'|[\w-]+))*)\s*=""")
_NAME = re.compile(r""""[^"]*"|'[^']*'|[\w-]+""")


def line_in_toml(text: str, path: Sequence[str]) -> int:
    """Return the line that comes nearest to the path: its own, or its innermost table's."""
    table: tuple[str, ...] = ()
    nearest, shared = 1, 0
    for number, line in enumerate(text.splitlines(), 1):
        if header := _HEADER.match(line):
            here = table = _names(header[1])
        elif key := _KEY.match(line):
            here = table + _names(key[1])
        else:
            continue
        common = _common(here, path)
        if common > shared:
            nearest, shared = number, common
    return nearest


def line_in_json(text: str, names: Sequence[str]) -> int:
    """Return the line where the names stand one after the other, as far as they do."""
    at = 0
    for name in names:
        found = text.find(json.dumps(name, ensure_ascii=False), at)
        if found >= 0:
            at = found
    return text.count("\n", 0, at) + 1


def _names(key: str) -> tuple[str, ...]:
    return tuple(name.strip("\"'") for name in _NAME.findall(key))


def _common(one: Sequence[str], other: Sequence[str]) -> int:
    count = 0
    for left, right in zip(one, other, strict=False):
        if left != right:
            break
        count += 1
    return count
