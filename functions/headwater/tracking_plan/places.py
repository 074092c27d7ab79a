"""Which line of a plan's file a fault is on: the parsers of TOML and JSON do not keep it."""

import json
from collections.abc import Sequence

from headwater.toml_lines import line_of, lines_of


def line_in_toml(text: str, path: Sequence[str]) -> int:
    """Return the line that comes nearest to the path: its own, or its innermost table's."""
    return line_of(lines_of(text), tuple(path)) or 1


def line_in_json(text: str, names: Sequence[str]) -> int:
    """Return the line where the names stand one after the other, as far as they do."""
    at = 0
    for name in names:
        found = text.find(json.dumps(name, ensure_ascii=False), at)
        if found >= 0:
            at = found
    return text.count("\n", 0, at) + 1
