-- What was sent where: one row a try of an event at a destination. `dt` is the date of the try. A queue
-- delivers at least once, so count events by source_id and message_id, never rows.
CREATE OR REPLACE VIEW deliveries AS
SELECT
  json_extract_scalar(line, '$.destination_id') AS destination_id,
  json_extract_scalar(line, '$.source_id') AS source_id,
  json_extract_scalar(line, '$.message_id') AS message_id,
  json_extract_scalar(line, '$.outcome') AS outcome,
  json_extract_scalar(line, '$.reason') AS reason,
  TRY_CAST(json_extract_scalar(line, '$.attempt') AS bigint) AS attempt,
  CAST(TRY(from_iso8601_timestamp(json_extract_scalar(line, '$.tried_at'))) AS timestamp) AS tried_at,
  dt
FROM delivery_lines
WHERE json_extract_scalar(line, '$.source_id') <> 'headwater-canary'
