-- title: Campaign performance
-- description: People each campaign brought, how many of them signed up and ordered later, and for how much. 60 days.
WITH touched AS (
  SELECT person_id, channel, utm_source, utm_medium, utm_campaign, min("timestamp") AS touched_at
  FROM events_resolved
  WHERE dt >= date_format(current_date - INTERVAL '60' DAY, '%Y-%m-%d')
    AND person_id IS NOT NULL
    AND utm_source IS NOT NULL
    AND NOT coalesce(is_bot, false)
  GROUP BY person_id, channel, utm_source, utm_medium, utm_campaign
),
done AS (
  SELECT
    person_id,
    "timestamp",
    event,
    TRY_CAST(json_extract_scalar(properties, '$.total') AS double) AS total
  FROM events_resolved
  WHERE dt >= date_format(current_date - INTERVAL '60' DAY, '%Y-%m-%d')
    AND event IN ('Signed Up', 'Order Completed')
    AND NOT coalesce(is_bot, false)
)
SELECT
  t.channel,
  t.utm_source,
  t.utm_medium,
  t.utm_campaign,
  count(DISTINCT t.person_id) AS people,
  count(DISTINCT CASE WHEN d.event = 'Signed Up' THEN d.person_id END) AS signed_up,
  count(DISTINCT CASE WHEN d.event = 'Order Completed' THEN d.person_id END) AS ordered,
  round(coalesce(sum(CASE WHEN d.event = 'Order Completed' THEN d.total END), 0.0), 2) AS revenue
FROM touched t
LEFT JOIN done d ON d.person_id = t.person_id AND d."timestamp" >= t.touched_at
GROUP BY t.channel, t.utm_source, t.utm_medium, t.utm_campaign
ORDER BY people DESC, t.channel, t.utm_source, t.utm_medium, t.utm_campaign
