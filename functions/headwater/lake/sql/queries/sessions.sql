-- title: Sessions by day
-- description: Visits, people, and how long and deep visits are, by day, last 30 days.
SELECT
  dt AS day,
  count(*) AS sessions,
  count(DISTINCT person_id) AS people,
  round(avg(pages), 2) AS pages_each,
  round(avg(seconds), 0) AS seconds_each,
  round(100.0 * count_if(events = 1) / count(*), 1) AS bounced_percent
FROM sessions
WHERE dt >= date_format(current_date - INTERVAL '30' DAY, '%Y-%m-%d')
GROUP BY dt
ORDER BY dt
