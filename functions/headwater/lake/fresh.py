"""The `raw_events` view: events a minute old, read from their lines with the columns of the lake.

Made from `columns.COLUMNS`, so that a column is added in one place and the two halves of the `events`
view always match.
"""

from headwater.columns import COLUMNS, Column

# The compactor runs every hour and alarms at two of lag: three arrival hours hold all it has not taken.
_HOURS = (0, 1, 2)


def raw_events_view() -> str:
    """Return the view's SQL: the raw rows of the last three arrival hours, each event once.

    Rows that were received before yesterday (a spill brought back late) wait for the compactor: the
    `events` view compares raw rows with the Parquet of the last three dates only.
    """
    typed = ",\n    ".join(f"{_typed(column)} AS {quoted(column.name)}" for column in COLUMNS)
    names = ", ".join(quoted(column.name) for column in COLUMNS)
    return f"""CREATE OR REPLACE VIEW raw_events AS
SELECT {names}, date_format(received_at, '%Y-%m-%d') AS dt
FROM (
  SELECT t.*, row_number() OVER (PARTITION BY source_id, message_id ORDER BY received_at) AS copy
  FROM (
    SELECT
    {typed}
    FROM raw_lines
    WHERE {_arrived_lately()}
  ) t
  WHERE message_id IS NOT NULL AND type IS NOT NULL AND source_id IS NOT NULL
    AND "timestamp" IS NOT NULL
    AND received_at >= CAST(date_trunc('day', current_timestamp) AS timestamp) - INTERVAL '1' DAY
) deduplicated
WHERE copy = 1
"""


def quoted(name: str) -> str:
    """Quote a column that shares its name with a type."""
    return f'"{name}"' if name == "timestamp" else name


def _typed(column: Column) -> str:
    scalar = f"json_extract_scalar(line, '{column.path}')"
    match column.type:
        case "string":
            return scalar
        case "json":
            return f"json_format(json_extract(line, '{column.path}'))"
        case "timestamp":
            return f"CAST(TRY(from_iso8601_timestamp({scalar})) AS timestamp)"
        case "boolean":
            return f"{scalar} = 'true'"


def _arrived_lately() -> str:
    """Name the partitions one by one: only so does Athena prune them before it lists a file."""
    return "\n      OR ".join(
        f"(dt = date_format(current_timestamp - INTERVAL '{hours}' HOUR, '%Y-%m-%d')"
        f" AND hr = date_format(current_timestamp - INTERVAL '{hours}' HOUR, '%H'))"
        for hours in _HOURS
    )
