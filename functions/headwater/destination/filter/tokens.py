"""The text of a filter as words, each with its place."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Literal

from headwater.errors import HeadwaterError

MAX_CHARACTERS = 5_000  # Segment's bound is 5 KB
_MOST_DIGITS = 18  # of a whole number that is kept exactly, as 64 bits do


class FilterError(HeadwaterError):
    """A filter that cannot be understood; the message names the character, counted from 1."""

    def __init__(self, at: int, fault: str) -> None:
        super().__init__(f"at character {at + 1}: {fault}")


Kind = Literal["text", "number", "path", "sign", "end"]


@dataclass(frozen=True, slots=True)
class Token:
    """One word: `value` is a text's content, a number, a path's names, or the sign itself."""

    kind: Kind
    value: str | int | float | tuple[str, ...]
    at: int
    written: str = ""


_NAME = r"(?:[A-Za-z0-9_\-]|\\.)+"
_WORD = rf"""
    (?P<space>\s+)
  | (?P<number>-?\d+(?:\.\d+)?(?![A-Za-z0-9_.\-\\]))
  | (?P<path>{_NAME}(?:\.{_NAME})*)
  | (?P<text>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')
  | (?P<sign>!=|<=|>=|[=<>!(),\[\]])
"""


@cache
def _word() -> re.Pattern[str]:
    # A millisecond, which only a workspace with a filter pays.
    return re.compile(_WORD, re.VERBOSE | re.DOTALL)


def tokens(text: str) -> Sequence[Token]:
    """Split the text; raises FilterError for a character that begins no word."""
    if len(text) > MAX_CHARACTERS:
        raise FilterError(MAX_CHARACTERS, f"a filter has at most {MAX_CHARACTERS} characters")
    found: list[Token] = []
    at = 0
    while at < len(text):
        word = _word().match(text, at)
        if word is None:
            raise FilterError(at, _fault(text[at]))
        if word.lastgroup != "space":
            found.append(_token(word))
        at = word.end()
    return (*found, Token("end", "", len(text)))


def _token(word: re.Match[str]) -> Token:
    written, at = word[0], word.start()
    match word.lastgroup:
        case "number":
            whole = "." not in written and len(written) <= _MOST_DIGITS
            return Token("number", int(written) if whole else float(written), at, written)
        case "path":
            names = tuple(
                re.sub(r"\\(.)", r"\1", name, flags=re.DOTALL)
                for name in re.findall(_NAME, written)
            )
            return Token("path", names, at, written)
        case "text":
            # Any other backslash stays: the patterns of `match` have a use for it.
            return Token("text", re.sub(r"""\\(["'\\])""", r"\1", written[1:-1]), at, written)
        case _:
            return Token("sign", written, at, written)


def _fault(character: str) -> str:
    if character in "\"'":
        return "this text has no closing quote"
    return f"{character!r} has no meaning here"
