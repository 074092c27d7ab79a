"""A client that is built when it is first used, for services that most requests never need."""

from collections.abc import Callable
from functools import cache
from typing import Any, cast


def late[Client](build: Callable[[], Client]) -> Client:
    """Stand in for the client that `build` makes; it is made once, by the first call to it."""
    return cast("Client", _Late(build))


class _Late:
    def __init__(self, build: Callable[[], object]) -> None:
        self._built = cache(build)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._built(), name)
