-- title: First and last non-direct touch
-- description: Where buyers came from first, and last before they first bought; direct counts only alone. 60 days.
-- A touch is an event with a channel that is not direct: a campaign, an advertisement's click id, another
-- site. A step from page to page within the site has no channel.
WITH touches AS (
  SELECT
    person_id,
    "timestamp",
    message_id,
    channel,
    coalesce(
      utm_source || ' / ' || coalesce(utm_medium, '(none)'), referrer_name, referrer_host, '(click id)'
    ) AS touch
  FROM events_resolved
  WHERE dt >= date_format(current_date - INTERVAL '60' DAY, '%Y-%m-%d')
    AND person_id IS NOT NULL
    AND channel <> 'Direct'
    AND NOT coalesce(is_bot, false)
),
buyers AS (
  SELECT person_id, min("timestamp") AS bought_at
  FROM events_resolved
  WHERE dt >= date_format(current_date - INTERVAL '60' DAY, '%Y-%m-%d')
    AND person_id IS NOT NULL
    AND event = 'Order Completed'
    AND NOT coalesce(is_bot, false)
  GROUP BY person_id
),
ranked AS (
  SELECT
    b.person_id,
    coalesce(t.channel, 'Direct') AS channel,
    coalesce(t.touch, '(direct)') AS touch,
    row_number() OVER (PARTITION BY b.person_id ORDER BY t."timestamp", t.message_id) AS first_place,
    row_number() OVER (PARTITION BY b.person_id ORDER BY t."timestamp" DESC, t.message_id DESC) AS last_place
  FROM buyers b
  LEFT JOIN touches t ON t.person_id = b.person_id AND t."timestamp" <= b.bought_at
)
SELECT
  channel,
  touch,
  count_if(first_place = 1) AS first_touch,
  count_if(last_place = 1) AS last_touch
FROM ranked
WHERE first_place = 1 OR last_place = 1
GROUP BY channel, touch
ORDER BY first_touch DESC, last_touch DESC, channel, touch
