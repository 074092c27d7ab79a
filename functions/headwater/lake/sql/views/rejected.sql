-- Events that were refused: why, where in the event, and the original to fix and send again.
CREATE OR REPLACE VIEW rejected AS
SELECT
  json_extract_scalar(line, '$.code') AS code,
  json_extract_scalar(line, '$.path') AS path,
  json_extract_scalar(line, '$.message') AS message,
  json_extract_scalar(line, '$.sourceId') AS source_id,
  CAST(TRY(from_iso8601_timestamp(json_extract_scalar(line, '$.receivedAt'))) AS timestamp) AS received_at,
  json_format(json_extract(line, '$.original')) AS original,
  dt,
  hr
FROM rejected_lines
