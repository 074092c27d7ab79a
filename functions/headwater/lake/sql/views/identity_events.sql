-- What who is who is computed from: events that name a user and a device, or say something of them, as the
-- workspace's identity policy believes them (headwater/lake/believed.py). Each copy of an event is a row of its
-- own, with the time its own clock gives, since the stitcher heard each; so take the least, the greatest or
-- the distinct of it, and count in `events`. `dt` is the copy's.
CREATE OR REPLACE VIEW identity_events AS
SELECT b.*, coalesce(r.root, b.base_person_id) AS person_id
FROM (
  SELECT
    e.source_id,
    e.message_id,
    e.type,
    e."timestamp",
    e.received_at,
    e.source_kind,
    e.anonymous_id AS anonymous_id,
    e.user_id AS user_id,
    e.previous_id AS previous_id,
    e.group_id,
    e.proven,
    e.traits,
    e.dt,
    {effective_at} AS effective_at,
    {base_person_id} AS base_person_id
  FROM (
    SELECT source_id, message_id, type, "timestamp", received_at, source_kind, anonymous_id, user_id,
    previous_id, group_id, proven, claimed_user_id, traits, dt
    FROM events_parquet
    UNION ALL
    SELECT source_id, message_id, type, "timestamp", received_at, source_kind, anonymous_id, user_id,
    previous_id, group_id, proven, claimed_user_id, traits, dt
    FROM copies_parquet
    UNION ALL
    SELECT source_id, message_id, type, "timestamp", received_at, source_kind, anonymous_id, user_id,
    previous_id, group_id, proven, claimed_user_id, traits, dt
    FROM raw_rows
  ) e
  LEFT JOIN anon_owner o ON o.anonymous_id = e.anonymous_id
  WHERE e.claimed_user_id IS NULL
    AND (e.type IN ('identify', 'alias', 'group') OR (e.user_id IS NOT NULL AND e.anonymous_id IS NOT NULL))
) b
LEFT JOIN person_root r ON r.person_id = b.base_person_id
