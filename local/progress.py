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


def bar(what: str, done: int, total: int) -> None:
    """Draw how much of the whole is done, in place; the last call ends the line."""
    share = min(done / total, 1.0) if total else 1.0
    drawn = "█" * int(share * 30)
    say(f"\r  {drawn:<30} {share:4.0%} {what}", end="\n" if share == 1.0 else "")
