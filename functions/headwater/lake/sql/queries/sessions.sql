-- title: Sessions
-- description: Visits of each person, parted by 30 minutes of silence, last 30 days.
WITH gaps AS (
  SELECT
    person_id,
    "timestamp",
    message_id,
    type,
    page_path,
    device_kind,
    CASE
      WHEN date_diff('second', lag("timestamp") OVER (PARTITION BY person_id ORDER BY "timestamp", message_id), "timestamp") < 1800
        THEN 0
      ELSE 1
    END AS starts
  FROM events_resolved
  WHERE dt >= date_format(current_date - INTERVAL '30' DAY, '%Y-%m-%d')
    AND person_id IS NOT NULL
),
numbered AS (
  SELECT
    person_id,
    "timestamp",
    message_id,
    type,
    page_path,
    device_kind,
    sum(starts) OVER (PARTITION BY person_id ORDER BY "timestamp", message_id) AS session
  FROM gaps
)
SELECT
  person_id,
  session,
  min("timestamp") AS started_at,
  max("timestamp") AS ended_at,
  date_diff('second', min("timestamp"), max("timestamp")) AS seconds,
  count(*) AS events,
  count(*) FILTER (WHERE type = 'page') AS pages,
  min_by(page_path, "timestamp") FILTER (WHERE type = 'page') AS landed_on,
  max(device_kind) AS device_kind
FROM numbered
GROUP BY person_id, session
ORDER BY started_at, person_id
