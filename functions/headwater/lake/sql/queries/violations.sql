-- title: Violations of the tracking plan
-- description: Which events leave the plan, where and how often, and when last, last 30 days.
SELECT
  e.source_id,
  e.type,
  e.event,
  json_extract_scalar(v.violation, '$.type') AS violation,
  json_extract_scalar(v.violation, '$.field') AS field,
  json_extract_scalar(v.violation, '$.description') AS description,
  count(*) AS events,
  max(e.received_at) AS last_seen
FROM events e
CROSS JOIN UNNEST(CAST(json_parse(e.violations) AS ARRAY(JSON))) AS v(violation)
WHERE e.dt >= date_format(current_date - INTERVAL '30' DAY, '%Y-%m-%d')
GROUP BY
  e.source_id,
  e.type,
  e.event,
  json_extract_scalar(v.violation, '$.type'),
  json_extract_scalar(v.violation, '$.field'),
  json_extract_scalar(v.violation, '$.description')
ORDER BY events DESC, e.source_id, e.type, e.event, violation, field, description
