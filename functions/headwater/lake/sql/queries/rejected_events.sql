-- title: Rejected events
-- description: What was refused, why and how often, with one original to look at, last 7 days.
SELECT
  source_id,
  code,
  path,
  count(*) AS events,
  min(received_at) AS first_seen,
  max(received_at) AS last_seen,
  max_by(message, received_at) AS message,
  max_by(original, received_at) AS example
FROM rejected
WHERE dt >= date_format(current_date - INTERVAL '7' DAY, '%Y-%m-%d')
GROUP BY source_id, code, path
ORDER BY events DESC, source_id, code, path
