-- title: First and last non-direct touch
-- description: Where buyers came from first, and last before they first bought; direct counts only alone. 60 days.
WITH touches AS (
  SELECT
    person_id,
    "timestamp",
    message_id,
    coalesce(utm_source || ' / ' || coalesce(utm_medium, '(none)'), referrer_host) AS touch
  FROM events_resolved
  WHERE dt >= date_format(current_date - INTERVAL '60' DAY, '%Y-%m-%d')
    AND person_id IS NOT NULL
    AND (utm_source IS NOT NULL OR referrer_host <> page_host)
),
buyers AS (
  SELECT person_id, min("timestamp") AS bought_at
  FROM events_resolved
  WHERE dt >= date_format(current_date - INTERVAL '60' DAY, '%Y-%m-%d')
    AND person_id IS NOT NULL
    AND event = 'Order Completed'
  GROUP BY person_id
),
ranked AS (
  SELECT
    b.person_id,
    t.touch,
    row_number() OVER (PARTITION BY b.person_id ORDER BY t."timestamp", t.message_id) AS first_place,
    row_number() OVER (PARTITION BY b.person_id ORDER BY t."timestamp" DESC, t.message_id DESC) AS last_place
  FROM buyers b
  LEFT JOIN touches t ON t.person_id = b.person_id AND t."timestamp" <= b.bought_at
)
SELECT
  coalesce(touch, '(direct)') AS touch,
  count_if(first_place = 1) AS first_touch,
  count_if(last_place = 1) AS last_touch
FROM ranked
WHERE first_place = 1 OR last_place = 1
GROUP BY coalesce(touch, '(direct)')
ORDER BY first_touch DESC, last_touch DESC, touch
