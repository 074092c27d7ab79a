-- title: Funnel: first page to sign-up to order
-- description: How many people came, signed up within 14 days and ordered within 14 more, by week of arrival.
WITH steps AS (
  SELECT
    person_id,
    min("timestamp") FILTER (WHERE type IN ('page', 'screen')) AS came_at,
    min("timestamp") FILTER (WHERE event = 'Signed Up') AS signed_up_at,
    min("timestamp") FILTER (WHERE event = 'Order Completed') AS ordered_at
  FROM events_resolved
  WHERE dt >= date_format(current_date - INTERVAL '60' DAY, '%Y-%m-%d')
    AND person_id IS NOT NULL
    AND NOT coalesce(is_bot, false)
  GROUP BY person_id
),
reached AS (
  SELECT
    came_at,
    signed_up_at >= came_at
      AND signed_up_at < came_at + INTERVAL '14' DAY AS signed_up,
    signed_up_at >= came_at
      AND signed_up_at < came_at + INTERVAL '14' DAY
      AND ordered_at >= signed_up_at
      AND ordered_at < signed_up_at + INTERVAL '14' DAY AS ordered
  FROM steps
  WHERE came_at IS NOT NULL
)
SELECT
  CAST(date_trunc('week', came_at) AS date) AS week,
  count(*) AS came,
  count_if(signed_up) AS signed_up,
  count_if(ordered) AS ordered,
  round(100.0 * count_if(signed_up) / count(*), 1) AS signed_up_percent,
  round(100.0 * count_if(ordered) / count(*), 1) AS ordered_percent
FROM reached
GROUP BY 1
ORDER BY 1
