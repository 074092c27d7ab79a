-- title: Weekly retention
-- description: Of the people first seen in a week, how many came back in each week after, last 60 days.
WITH active AS (
  SELECT DISTINCT person_id, CAST(date_trunc('week', "timestamp") AS date) AS week
  FROM events_resolved
  WHERE dt >= date_format(current_date - INTERVAL '60' DAY, '%Y-%m-%d')
    AND person_id IS NOT NULL
    AND source_kind = 'browser'
    AND NOT coalesce(is_bot, false)
),
cohorts AS (
  SELECT person_id, min(week) AS cohort
  FROM active
  GROUP BY person_id
),
sizes AS (
  SELECT cohort, count(*) AS size
  FROM cohorts
  GROUP BY cohort
)
SELECT
  c.cohort,
  s.size,
  date_diff('week', c.cohort, a.week) AS weeks_later,
  count(*) AS people,
  round(100.0 * count(*) / s.size, 1) AS percent
FROM active a
JOIN cohorts c ON c.person_id = a.person_id
JOIN sizes s ON s.cohort = c.cohort
GROUP BY c.cohort, s.size, date_diff('week', c.cohort, a.week)
ORDER BY c.cohort, weeks_later
