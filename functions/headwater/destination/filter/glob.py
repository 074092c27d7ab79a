r"""The patterns of `match`: `*` any characters, `?` one, `[abc]` or `[a-z]` one of these, `\x` x itself.

By hand and not by `re`: a pattern of many stars against a long text makes a regular expression try
for ever, and the text is a stranger's.
"""

from collections.abc import Callable, Sequence

from headwater.destination.filter.tokens import FilterError

MAX_PATTERN = 200

type _One = Callable[[str], bool]


def compile_glob(pattern: str, at: int) -> Callable[[str], bool]:
    """Return the pattern as a function; its time is at most the product of both lengths.

    Raises FilterError (at the pattern's place in the filter) for one that is too long or not closed.
    """
    if len(pattern) > MAX_PATTERN:
        raise FilterError(at, f"a pattern has at most {MAX_PATTERN} characters")
    parts = _parts(pattern, at)
    return lambda text: _matches(parts, text)


def _matches(parts: Sequence[_One | None], text: str) -> bool:
    """Walk both; where they part, go back to the last star and let it take one character more."""
    part = place = 0
    star, resume = -1, 0
    while place < len(text):
        one = parts[part] if part < len(parts) else _nothing
        if one is None:
            star, resume = part, place
            part += 1
        elif one(text[place]):
            part, place = part + 1, place + 1
        elif star >= 0:
            resume += 1
            part, place = star + 1, resume
        else:
            return False
    return all(one is None for one in parts[part:])


def _nothing(_: str) -> bool:
    return False


def _parts(pattern: str, at: int) -> Sequence[_One | None]:
    parts: list[_One | None] = []
    place = 0
    while place < len(pattern):
        character = pattern[place]
        match character:
            case "*":
                parts.append(None)
            case "?":
                parts.append(lambda _: True)
            case "[":
                closing = pattern.find("]", place + 1)
                if closing < 0:
                    raise FilterError(at, "this pattern has a [ without its ]")
                parts.append(_set(pattern[place + 1 : closing]))
                place = closing
            case "\\" if place + 1 < len(pattern):
                place += 1
                parts.append(pattern[place].__eq__)
            case _:
                parts.append(character.__eq__)
        place += 1
    return parts


def _set(inside: str) -> _One:
    ranges: list[tuple[str, str]] = []
    place = 0
    while place < len(inside):
        if inside[place + 1 : place + 2] == "-" and place + 2 < len(inside):
            ranges.append((inside[place], inside[place + 2]))
            place += 3
        else:
            ranges.append((inside[place], inside[place]))
            place += 1
    return lambda character: any(low <= character <= high for low, high in ranges)
