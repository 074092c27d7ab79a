"""What a person did lately, from the lake: for whoever asks a profile for it, and nobody else.

The table holds no events. A question to Athena takes seconds and costs its bytes, so it is bounded in
days (`dt`), in rows, in time (the adapter) and in bytes (the workgroup).
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import orjson

from headwater.ports import EventLake

DAYS = 7
USUAL = 20
MOST = 100

_TIMES = ("timestamp", "received_at")


def events_wanted(asked: str | None) -> int:
    """Read `?events=`: how many at most; without a number the usual twenty, 0 for none."""
    if asked is None:
        return 0
    number = int(asked) if asked.isdecimal() and len(asked) < 10 else USUAL
    return min(number, MOST)


def recent_events(
    person_id: str, lake: EventLake, *, now: datetime, most: int
) -> list[dict[str, Any]]:
    """Return the person's latest events of the last seven days, newest first.

    Raises `DependencyError` when the lake does not answer.
    """
    return [_event(row) for row in lake.rows(_question(person_id, now, most))]


def _question(person_id: str, now: datetime, most: int) -> str:
    """Return the SQL. Nothing of the caller's is in it: a person id is our own hex digest."""
    first = f"{now - timedelta(days=DAYS - 1):%Y-%m-%d}"
    return f"""SELECT message_id, type, event, name, "timestamp", received_at, source_id, user_id,
  anonymous_id, page_url, properties
FROM events_resolved
WHERE dt >= '{first}' AND person_id = '{person_id}'
ORDER BY "timestamp" DESC, message_id DESC
LIMIT {most}"""  # noqa: S608


def _event(row: Mapping[str, str | None]) -> dict[str, Any]:
    """Return a row as the profile shows it: camelCase, times like all others, properties as JSON."""
    event: dict[str, Any] = {_camel(name): value for name, value in row.items()}
    for name in _TIMES:
        text = row[name]
        event[_camel(name)] = text and text[:23].replace(" ", "T") + "Z"
    event["properties"] = orjson.loads(row["properties"] or "{}")
    return event


def _camel(name: str) -> str:
    first, *others = name.split("_")
    return first + "".join(map(str.title, others))
