"""Events as the lake has them, for asking what a plan says of them."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from headwater.record import SourceReference, StoredEvent

from local.athena import Lake

_SQL = """SELECT type, event, name, category, message_id, anonymous_id, user_id, previous_id, group_id,
  "timestamp", received_at, original_timestamp, source_id, source_kind, properties, traits, context,
  integrations
FROM events
WHERE dt >= date_format(current_date - INTERVAL '{days}' DAY, '%Y-%m-%d')"""
_OBJECTS = ("properties", "traits", "context", "integrations")


def seen(lake: Lake, *, days: int) -> Iterator[StoredEvent]:
    """Return the events of the last days, without what was found out about them."""
    for row in lake.query(_SQL.format(days=int(days))).dicts():
        yield _event(row)


def _event(row: dict[str, Any]) -> StoredEvent:
    objects = {name: json.loads(row.pop(name) or "{}") for name in _OBJECTS}
    source = SourceReference(row.pop("source_id"), row.pop("source_kind"))
    for name in ("timestamp", "received_at"):
        moment: datetime = row[name]
        row[name] = moment.replace(tzinfo=UTC)
    return StoredEvent(source=source, **row, **objects)
