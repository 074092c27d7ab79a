-- Every event once, a minute after it was sent: Parquet, and the raw rows the compactor has not taken.
-- `dt` is the UTC date of received_at: give one and only its files are read. There is no window over
-- Parquet on purpose: it would read every partition.
CREATE OR REPLACE VIEW events AS
SELECT * FROM events_parquet
WHERE source_id <> 'headwater-canary'
UNION ALL
SELECT r.*
FROM raw_events r
WHERE r.source_id <> 'headwater-canary' AND NOT EXISTS (
  SELECT 1
  FROM events_parquet p
  WHERE p.dt >= date_format(current_timestamp - INTERVAL '2' DAY, '%Y-%m-%d')
    AND p.source_id = r.source_id
    AND p.message_id = r.message_id
)
