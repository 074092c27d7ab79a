"""The `raw_rows` and `raw_events` views: events a minute old, from their lines, as columns of the lake.

Made from `columns.COLUMNS`, so that a column is added in one place and the two halves of the `events`
view always match.
"""

from headwater.columns import COLUMNS, Column

# The compactor runs every hour and alarms at two of lag: three arrival hours hold all it has not taken.
_HOURS = (0, 1, 2)


def raw_rows_view() -> str:
    """Return the SQL of the raw rows of the last three arrival hours: each copy of an event there is.

    Rows that were received before yesterday (a spill brought back late) wait for the compactor: the
    `events` view compares raw rows with the Parquet of the last three dates only.
    """
    typed = ",\n    ".join(f"{_typed(column)} AS {quoted(column.name)}" for column in COLUMNS)
    return f"""CREATE OR REPLACE VIEW raw_rows AS
SELECT t.*, date_format(received_at, '%Y-%m-%d') AS dt
FROM (
    SELECT
    {typed}
    FROM raw_lines
    WHERE {_arrived_lately()}
) t
WHERE message_id IS NOT NULL AND type IS NOT NULL AND source_id IS NOT NULL
  AND "timestamp" IS NOT NULL
  AND received_at >= CAST(date_trunc('day', current_timestamp) AS timestamp) - INTERVAL '1' DAY
"""


def raw_events_view() -> str:
    """Return the SQL of the same rows, each event once: the first received."""
    names = ", ".join(quoted(column.name) for column in COLUMNS)
    return f"""CREATE OR REPLACE VIEW raw_events AS
SELECT {names}, dt
FROM (
  SELECT r.*, row_number() OVER (PARTITION BY source_id, message_id ORDER BY received_at) AS copy
  FROM raw_rows r
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
