-- Whose an event is before aliases: headwater/ids.py, of an event `e` of a device with the owner `o`.
CASE
  WHEN e.user_id IS NOT NULL
    THEN substr(lower(to_hex(sha256(to_utf8('u:' || e.user_id)))), 1, 32)
  WHEN o.owner_user_id IS NOT NULL AND NOT coalesce(o.shared, false)
    THEN substr(lower(to_hex(sha256(to_utf8('u:' || o.owner_user_id)))), 1, 32)
  WHEN e.anonymous_id IS NOT NULL
    THEN substr(lower(to_hex(sha256(to_utf8('a:' || e.anonymous_id)))), 1, 32)
END
