-- title: Events before first identify
-- description: What each person who signed up had done before, while still anonymous, last 30 days.
SELECT
  e.person_id,
  p.first_user_id AS user_id,
  p.first_identified,
  e."timestamp",
  e.type,
  coalesce(e.event, e.name, e.page_path) AS what,
  e.anonymous_id,
  date_diff('minute', e."timestamp", p.first_identified) AS minutes_before
FROM events_resolved e
JOIN people p ON p.person_id = e.person_id
WHERE e.dt >= date_format(current_date - INTERVAL '30' DAY, '%Y-%m-%d')
  AND e.user_id IS NULL
  AND e."timestamp" < p.first_identified
ORDER BY p.first_identified, e.person_id, e."timestamp", e.message_id
