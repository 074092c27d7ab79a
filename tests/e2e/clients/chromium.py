"""Headless Chromium, driven line by line; one browser for the whole run, one context a visit."""

import json
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Self

HERE = Path(__file__).parent
_BROWSER = HERE / "browser"


@cache
def bundle(entry: str, *aliases: str) -> bytes:
    """Return a page's script with the client in it; an alias takes another version of a package."""
    return subprocess.run(
        ["node", _BROWSER / "bundle.mjs", entry, *aliases], check=True, capture_output=True
    ).stdout


class Chromium:
    """The browser; `visit` opens a page as somebody who was never there."""

    def __init__(self, executable: str) -> None:
        """Start it."""
        self._driver = subprocess.Popen(
            ["node", _BROWSER / "chromium.mjs", executable],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._visits = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._driver.communicate(timeout=30)

    @contextmanager
    def visit(self, url: str) -> Iterator["Visit"]:
        """Open a page; what it asked of strangers and what it threw is known after the visit."""
        self._visits += 1
        visit = Visit(self, self._visits, [], [])
        visit.order("open", url=url)
        try:
            yield visit
        finally:
            ended = visit.order("close")
            visit.strangers.extend(ended["strangers"])
            visit.faults.extend(ended["faults"])

    def order(self, order: str, given: Mapping[str, Any]) -> Any:
        """Have the driver do something, and return what it says; raises with its words."""
        if self._driver.stdin is None or self._driver.stdout is None:
            raise RuntimeError("the browser's driver has no pipes")
        self._driver.stdin.write(json.dumps({"order": order, **given}) + "\n")
        self._driver.stdin.flush()
        answer = json.loads(self._driver.stdout.readline())
        if "error" in answer:
            raise RuntimeError(f"{order}: {answer['error']}")
        return answer["result"]


@dataclass(frozen=True, slots=True)
class Visit:
    """One visitor on one page."""

    chromium: Chromium
    number: int
    strangers: list[str]
    faults: list[str]

    def order(self, order: str, **given: Any) -> Any:
        """Have something done on this visit's page."""
        return self.chromium.order(order, {"visit": self.number, **given})

    def play(self, calls: Sequence[Sequence[Any]], **part: Any) -> None:
        """Load the client with the page's part, and make these calls."""
        self.order("play", part={"calls": calls, **part})

    def leave(self, url: str) -> None:
        """Go to another page, whatever this one was doing."""
        self.order("leave", url=url)

    def evaluate(self, code: str) -> Any:
        """Run the code in the page, and return what it comes to."""
        return self.order("evaluate", code=code)

    def cookies(self) -> dict[str, dict[str, Any]]:
        """Return the visitor's cookies by name, with their attributes."""
        found: list[dict[str, Any]] = self.order("cookies")
        return {cookie["name"]: cookie for cookie in found}

    def stored(self) -> dict[str, str]:
        """Return the page's localStorage."""
        found: dict[str, str] = self.order("stored")
        return found
