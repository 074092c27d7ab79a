"""The filter language: which events a destination gets, in Segment's words.

    type = "track" and event != "Heartbeat" and properties.total > 10

It is Segment's FQL (docs/api/public-api/fql, read 2026-11-27), so a filter can be carried over:

- a path names a field, `context.page.path`; other characters than letters, digits, `_` and `-` take a
  backslash; a field that is not there is `null`
- `and`, `or`, `!` (or `not`), parentheses; `=`, `!=`, `<`, `<=`, `>`, `>=`, `in`
- "text" or 'text', numbers, `true`, `false`, `null`, lists `["a", "b"]`
- `contains` `match` `length` `lowercase` `uppercase` `snakecase` `kebabcase` `titlecase` `typeof`
  `bool` `string` `number`

A filter is compiled once and never raises: what does not fit (a text above 10) is false.

- `tokens`   the text as words, each with its place
- `grammar`  the words as one function of an event
- `fields`   what a path may begin with
- `values`   how values compare, and the functions
- `glob`     the patterns of `match`
"""

from collections.abc import Callable

from headwater.destination.filter.grammar import parse
from headwater.destination.filter.tokens import FilterError, tokens
from headwater.record import StoredEvent

__all__ = ["FilterError", "compile_filter"]


def compile_filter(text: str) -> Callable[[StoredEvent], bool]:
    """Return the filter as a function; raises FilterError, which names the character it stumbled at."""
    value = parse(tokens(text))
    return lambda event: value(event) is True
