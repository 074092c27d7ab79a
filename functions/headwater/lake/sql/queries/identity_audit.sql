-- title: Identity audit
-- description: Devices whose logged owner differs from the one their events give; no rows is the right answer.
-- Reads every day there is, on purpose: the first user of a device may be long ago; and every copy of an
-- event, since one sent again under another clock may be the earliest.
WITH linked AS (
  SELECT anonymous_id AS device, user_id, effective_at
  FROM identity_events
  WHERE dt >= '2026-01-01' AND anonymous_id IS NOT NULL AND user_id IS NOT NULL
  UNION ALL
  SELECT previous_id AS device, user_id, effective_at
  FROM identity_events
  WHERE dt >= '2026-01-01' AND type = 'alias' AND previous_id <> user_id
),
first_linked AS (
  SELECT
    device,
    user_id,
    row_number() OVER (PARTITION BY device ORDER BY effective_at, user_id) AS place
  FROM linked
),
computed AS (
  SELECT device, user_id FROM first_linked WHERE place = 1
)
SELECT
  coalesce(c.device, o.anonymous_id) AS anonymous_id,
  c.user_id AS owner_by_events,
  o.owner_user_id AS owner_by_log
FROM computed c
FULL JOIN anon_owner o ON o.anonymous_id = c.device
WHERE c.user_id IS DISTINCT FROM o.owner_user_id
ORDER BY 1
