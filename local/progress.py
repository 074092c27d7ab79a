"""A line for each long step, with its seconds, so that nobody looks at a silent terminal."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def step(what: str) -> Iterator[None]:
    """Say what begins, and how long it took or that it failed."""
    say(f"▸ {what} …", end="")
    began = time.monotonic()
    try:
        yield
    except BaseException:
        say(f" failed after {time.monotonic() - began:.1f} s")
        raise
    say(f" {time.monotonic() - began:.1f} s")


def say(line: str, *, end: str = "\n") -> None:
    """Print at once, also into a pipe."""
    sys.stdout.write(line + end)
    sys.stdout.flush()
