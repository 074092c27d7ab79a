"""The saved queries, asked by their names: no SQL comes from the page."""

from collections.abc import Callable, Mapping
from threading import Lock
from typing import Any

from headwater.lake.views import SavedQuery, saved_queries
from headwater.ports import EventLake

# What a page can show; the query itself says how many there are at most.
MAX_ROWS = 500


class BusyError(Exception):
    """Another question is being asked; one at a time is what a console costs at most."""


class Questions:
    """What can be asked of the lake, and its answers."""

    def __init__(self, lake: EventLake, *, seconds: Callable[[], float]) -> None:
        self._lake = lake
        self._seconds = seconds
        self._saved: Mapping[str, SavedQuery] = {query.name: query for query in saved_queries()}
        self._asking = Lock()

    def all(self) -> list[dict[str, str]]:
        """Return every saved query, by title."""
        queries = sorted(self._saved.values(), key=lambda query: query.title)
        return [
            {"name": query.name, "title": query.title, "description": query.description}
            for query in queries
        ]

    def answer(self, name: str) -> dict[str, Any] | None:
        """Ask one; None when there is none of that name.

        Raises `BusyError`, and `DependencyError` when the lake does not answer.
        """
        query = self._saved.get(name)
        if query is None:
            return None
        if not self._asking.acquire(blocking=False):
            raise BusyError
        try:
            began = self._seconds()
            rows = self._lake.rows(query.sql)
            took = self._seconds() - began
        finally:
            self._asking.release()
        return {
            "name": query.name,
            "title": query.title,
            "description": query.description,
            "sql": query.sql,
            "seconds": round(took, 2),
            "rows": [dict(row) for row in rows[:MAX_ROWS]],
            "more": max(0, len(rows) - MAX_ROWS),
        }
