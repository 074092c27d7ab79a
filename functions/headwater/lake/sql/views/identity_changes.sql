-- Who owns a device and who became whom, one row a change. `dt` is the date of the change.
CREATE OR REPLACE VIEW identity_changes AS
SELECT
  json_extract_scalar(line, '$.kind') AS kind,
  json_extract_scalar(line, '$.id_value') AS id_value,
  json_extract_scalar(line, '$.owner_user_id') AS owner_user_id,
  json_extract_scalar(line, '$.shared') = 'true' AS shared,
  json_extract_scalar(line, '$.parent_id') AS parent_id,
  json_extract_scalar(line, '$.root_id') AS root_id,
  TRY_CAST(json_extract_scalar(line, '$.seq') AS bigint) AS seq,
  CAST(TRY(from_iso8601_timestamp(json_extract_scalar(line, '$.changed_at'))) AS timestamp) AS changed_at,
  json_extract_scalar(line, '$.trigger_message_id') AS trigger_message_id,
  dt
FROM identity_change_lines
