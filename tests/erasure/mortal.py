"""Whoever works may die before or after anything it does outside, and stays dead."""

from collections.abc import Iterator
from typing import Any

from tests.fakes import CrashError


class Fate:
    """Counts the moments of a life and ends it at a chosen one; 0 never."""

    def __init__(self, crash_at: int = 0) -> None:
        self.crash_at = crash_at
        self.moments = 0

    def moment(self) -> None:
        self.moments += 1
        if self.crash_at and self.moments >= self.crash_at:
            raise CrashError


class Mortal:
    """Anything outside, whose every call is a moment before and a moment after it took effect."""

    def __init__(self, outside: Any, fate: Fate) -> None:
        self._outside, self._fate = outside, fate

    def __getattr__(self, name: str) -> Any:
        called = getattr(self._outside, name)

        def call(*given: Any, **named: Any) -> Any:
            self._fate.moment()
            result = called(*given, **named)
            if isinstance(result, Iterator):
                result = list(result)
            self._fate.moment()
            return result

        return call
