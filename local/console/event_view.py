"""One event for the page: its row, its content and its way, from the stream's last lines or the lake."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from headwater.ports import EventLake

from local.console.journey import Ways, quoted
from local.console.live import Live
from local.console.told import Told

# How far back an event is looked for in the lake, which is read by the day.
_DAYS = 7


@dataclass(frozen=True, slots=True)
class EventView:
    """Finds an event and all that is known of it."""

    live: Live
    ways: Ways
    lake: EventLake

    def find(
        self, *, key: str | None, message_id: str | None, deliveries: bool, now: datetime
    ) -> dict[str, Any] | None:
        """Return the event of a place in the stream, or of a messageId; None when there is none.

        Without `deliveries` the lake is not asked about an event that the stream still has.
        """
        line = self.live.find(lambda one: one.key == key if key else one.message_id == message_id)
        if line is not None:
            return self._of_line(line, deliveries=deliveries)
        return None if not message_id else self._of_lake(message_id, now=now)

    def _of_line(self, line: Told, *, deliveries: bool) -> dict[str, Any]:
        event = line.event()
        return {
            "row": line.row,
            "content": line.content,
            "landed": self.ways.landed(line),
            "person": self.ways.person(event) if event else None,
            "deliveries": self.ways.deliveries(event) if event and deliveries else None,
        }

    def _of_lake(self, message_id: str, *, now: datetime) -> dict[str, Any] | None:
        first = f"{now - timedelta(days=_DAYS - 1):%Y-%m-%d}"
        rows = self.lake.rows(
            f"SELECT * FROM events_resolved WHERE dt >= '{first}'"  # noqa: S608
            f" AND message_id = {quoted(message_id)} LIMIT 1"
        )
        if not rows:
            return None
        row = rows[0]
        return {
            "row": _row(row),
            "content": {name: value for name, value in row.items() if value is not None},
            "landed": {"state": "lake"},
            "person": {
                "state": "known" if row["user_id"] else "anonymous",
                "personId": row["person_id"],
                "userIds": [row["user_id"]] if row["user_id"] else [],
            },
            "deliveries": {"fault": "", "destinations": self.ways.of_old(row)},
        }


def _row(row: Mapping[str, str | None]) -> dict[str, Any]:
    return {
        "kind": "event",
        "messageId": row["message_id"],
        "type": row["type"],
        "title": row["event"] or row["name"] or "",
        "userId": row["user_id"],
        "anonymousId": row["anonymous_id"],
        "source": row["source_id"],
        "timestamp": row["timestamp"],
        "receivedAt": row["received_at"],
    }
