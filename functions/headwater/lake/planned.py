"""A view for each event of the tracking plan: who and when, and its properties in columns of their types.

Made from the plan, so that an event is added in one place. The view is `events_resolved` with a filter,
so a `dt` in the question reads that day's files alone. A value that is not of its type is NULL there,
and `events` still has it.
"""

import re

from headwater.lake.fresh import quoted
from headwater.lake.views import View
from headwater.tracking_plan import Plan
from headwater.tracking_plan.columns import BASE, ColumnType, PlannedEvent, planned_events

_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def planned_views(plan: Plan) -> tuple[View, ...]:
    """Return the view of each event; none of them stands on another."""
    return tuple(View(event.view, _sql(event)) for event in planned_events(plan))


def _sql(event: PlannedEvent) -> str:
    base = ",\n  ".join(quoted(name) for name in BASE)
    columns = "".join(
        f',\n  {_typed(column.property, column.type)} AS "{column.name}"'
        for column in event.columns
        if _path(column.property) is not None
    )
    return f"""CREATE OR REPLACE VIEW {event.view} AS
SELECT
  {base}{columns},
  dt
FROM events_resolved
WHERE type = 'track' AND event = {_text(event.event)}
"""


def _typed(name: str, kind: ColumnType) -> str:
    path = _path(name)
    scalar = f"json_extract_scalar(properties, {path})"
    match kind:
        case "string":
            return scalar
        case "number":
            return f"TRY_CAST({scalar} AS double)"
        case "integer":
            # By way of a decimal: 3.0 is a whole number in JSON Schema, and no bigint's text.
            return f"TRY_CAST(TRY_CAST({scalar} AS decimal(38, 0)) AS bigint)"
        case "boolean":
            return f"CASE {scalar} WHEN 'true' THEN true WHEN 'false' THEN false END"
        case "timestamp":
            return f"CAST(TRY(from_iso8601_timestamp({scalar})) AS timestamp)"
        case "date":
            return f"TRY_CAST({scalar} AS date)"
        case "json":
            return f"json_format(json_extract(properties, {path}))"


def _path(name: str) -> str | None:
    """Return the property's JSON path as a text of SQL; None where no path can say its name."""
    if _PLAIN.fullmatch(name):
        return f"'$.{name}'"
    if '"' in name or "\\" in name or not name.isprintable():
        return None
    return _text(f'$["{name}"]')


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"
