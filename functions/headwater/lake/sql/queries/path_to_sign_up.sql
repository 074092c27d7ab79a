-- title: Path to sign-up
-- description: The last five things people did before they signed up, most common paths first, last 30 days.
WITH signed AS (
  SELECT person_id, min("timestamp") AS signed_up_at
  FROM events_resolved
  WHERE dt >= date_format(current_date - INTERVAL '30' DAY, '%Y-%m-%d')
    AND event = 'Signed Up'
    AND person_id IS NOT NULL
  GROUP BY person_id
),
steps AS (
  SELECT
    e.person_id,
    e."timestamp",
    e.message_id,
    coalesce(e.event, e.name, e.page_path, e.type) AS what,
    row_number() OVER (PARTITION BY e.person_id ORDER BY e."timestamp" DESC, e.message_id DESC) AS back
  FROM events_resolved e
  JOIN signed s ON s.person_id = e.person_id
  WHERE e.dt >= date_format(current_date - INTERVAL '30' DAY, '%Y-%m-%d')
    AND e.type IN ('page', 'screen', 'track')
    AND e."timestamp" < s.signed_up_at
),
paths AS (
  SELECT
    person_id,
    array_join(array_agg(what ORDER BY "timestamp", message_id), ' > ') AS path
  FROM steps
  WHERE back <= 5
  GROUP BY person_id
)
SELECT coalesce(p.path, '(nothing before)') AS path, count(*) AS people
FROM signed s
LEFT JOIN paths p ON p.person_id = s.person_id
GROUP BY coalesce(p.path, '(nothing before)')
ORDER BY people DESC, path
