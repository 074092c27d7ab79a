-- One row a person: who they are, since when, on how many devices. Reads seven narrow columns of every
-- day there is, so ask `events_resolved` with a `dt` for anything about a period.
CREATE OR REPLACE VIEW people AS
SELECT
  person_id,
  count(user_id) > 0 AS known,
  min_by(user_id, "timestamp") FILTER (WHERE user_id IS NOT NULL) AS first_user_id,
  count(DISTINCT user_id) AS users,
  count(DISTINCT anonymous_id) AS devices,
  min("timestamp") AS first_seen,
  min("timestamp") FILTER (WHERE user_id IS NOT NULL) AS first_identified,
  max("timestamp") AS last_seen,
  count(*) AS events,
  count(*) FILTER (WHERE user_id IS NULL) AS anonymous_events
FROM events_resolved
WHERE person_id IS NOT NULL
GROUP BY person_id
