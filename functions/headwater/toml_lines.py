"""In which line of a TOML file each of its values stands: tomllib reads the values and forgets the lines.

It reads only text that tomllib has taken, so it may be simple. https://toml.io/en/v1.0.0
"""

import re
from collections.abc import Iterator, Mapping

type Place = tuple[str | int, ...]

_KEY = r"""(?:[A-Za-z0-9_-]+|"(?:[^"\\]|\\.)*"|'[^']*')"""
_DOTTED = rf"{_KEY}(?:\s*\.\s*{_KEY})*"
_HEADER = re.compile(rf"\s*(\[\[?)\s*({_DOTTED})\s*\]\]?")
_VALUE = re.compile(rf"\s*({_DOTTED})\s*=(.*)", re.DOTALL)
# Strings first, so that a bracket or a hash inside one counts for nothing.
_TOKEN = re.compile(
    r'"""|\'\'\'|"(?:[^"\\\n]|\\.)*"|\'[^\'\n]*\'|#.*|[\[\]{}]',
)


def lines_of(text: str) -> Mapping[Place, int]:
    """Return the line, from 1, of every table and key of the file by its place in the document."""
    found: dict[Place, int] = {}
    counts: dict[Place, int] = {}
    table: Place = ()
    for number, statement in _statements(text):
        if header := _HEADER.match(statement):
            table = _table(_keys(header[2]), counts, array=header[1] == "[[")
            _note(found, table, number)
        elif value := _VALUE.match(statement):
            place = (*table, *_keys(value[1]))
            _note(found, place, number)
            for at, line in enumerate(_items(value[2])):
                found.setdefault((*place, at), number + line)
    return found


def line_of(lines: Mapping[Place, int], place: Place) -> int | None:
    """Return the line of the nearest thing around the place that is written down."""
    while place:
        if place in lines:
            return lines[place]
        place = place[:-1]
    return None


def _note(found: dict[Place, int], place: Place, number: int) -> None:
    """Keep the line of the place, which is also the first of each table around it not written yet."""
    for end in range(1, len(place) + 1):
        found.setdefault(place[:end], number)


def _table(keys: tuple[str, ...], counts: dict[Place, int], *, array: bool) -> Place:
    """Return a table's place: the last element's, where a part of its name is an array of tables."""
    place: Place = ()
    for at, key in enumerate(keys):
        place = (*place, key)
        if array and at == len(keys) - 1:
            counts[place] = counts.get(place, -1) + 1
        if place in counts:
            place = (*place, counts[place])
    return place


def _keys(dotted: str) -> tuple[str, ...]:
    return tuple(key.strip("\"'") for key in re.findall(_KEY, dotted))


def _statements(text: str) -> Iterator[tuple[int, str]]:
    """Yield each header or assignment with its first line, a value of several lines as one."""
    lines = text.splitlines()
    at = 0
    while at < len(lines):
        start, statement = at, lines[at]
        while _is_open(statement) and at + 1 < len(lines):
            at += 1
            statement += "\n" + lines[at]
        yield start + 1, statement
        at += 1


def _is_open(statement: str) -> bool:
    if _HEADER.match(statement):
        return False
    depth, quote = 0, ""
    for token in _TOKEN.findall(statement):
        if quote:
            quote = "" if token == quote else quote
        elif token in ('"""', "'''"):
            quote = token
        elif token in ("[", "{"):
            depth += 1
        elif token in ("]", "}"):
            depth -= 1
    return bool(quote) or depth > 0


def _items(value: str) -> Iterator[int]:
    """Yield, for each string of a list, by how many lines it stands below the list's first."""
    if value.lstrip().startswith("["):
        for string in re.finditer(r'"(?:[^"\\\n]|\\.)*"|\'[^\'\n]*\'|#.*', value):
            if not string[0].startswith("#"):
                yield value.count("\n", 0, string.start())
