-- Visits: a person's events parted by 30 minutes of silence, and at midnight UTC, so that a `dt` in your
-- query reads that day's files only. What a server or a bot sends is no visit.
CREATE OR REPLACE VIEW sessions AS
WITH gaps AS (
  SELECT
    person_id,
    dt,
    "timestamp",
    message_id,
    type,
    page_path,
    device_kind,
    utm_source,
    utm_medium,
    utm_campaign,
    referrer_host,
    lag("timestamp") OVER (PARTITION BY person_id, dt ORDER BY "timestamp", message_id) AS previous
  FROM events_resolved
  WHERE person_id IS NOT NULL AND source_kind = 'browser' AND NOT coalesce(is_bot, false)
),
numbered AS (
  SELECT
    g.*,
    sum(CASE WHEN date_diff('second', previous, "timestamp") < 1800 THEN 0 ELSE 1 END)
      OVER (PARTITION BY person_id, dt ORDER BY "timestamp", message_id) AS number
  FROM gaps g
)
SELECT
  person_id,
  number,
  min("timestamp") AS started_at,
  date_diff('second', min("timestamp"), max("timestamp")) AS seconds,
  count(*) AS events,
  count(*) FILTER (WHERE type IN ('page', 'screen')) AS pages,
  min_by(page_path, "timestamp") FILTER (WHERE page_path IS NOT NULL) AS landed_on,
  min_by(device_kind, "timestamp") AS device_kind,
  min_by(utm_source, "timestamp") FILTER (WHERE utm_source IS NOT NULL) AS utm_source,
  min_by(utm_medium, "timestamp") FILTER (WHERE utm_source IS NOT NULL) AS utm_medium,
  min_by(utm_campaign, "timestamp") FILTER (WHERE utm_source IS NOT NULL) AS utm_campaign,
  min_by(referrer_host, "timestamp") FILTER (WHERE referrer_host IS NOT NULL) AS referrer_host,
  dt
FROM numbered
GROUP BY person_id, number, dt
