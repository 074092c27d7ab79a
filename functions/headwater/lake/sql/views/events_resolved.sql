-- Every event with the person it belongs to, before and after sign-up, on every device: the view to use.
-- A person id is computed here exactly as headwater/ids.py computes it.
CREATE OR REPLACE VIEW events_resolved AS
SELECT b.*, coalesce(r.root, b.base_person_id) AS person_id
FROM (
  SELECT
    e.*,
    CASE
      WHEN e.user_id IS NOT NULL
        THEN substr(lower(to_hex(sha256(to_utf8('u:' || e.user_id)))), 1, 32)
      WHEN o.owner_user_id IS NOT NULL AND NOT coalesce(o.shared, false)
        THEN substr(lower(to_hex(sha256(to_utf8('u:' || o.owner_user_id)))), 1, 32)
      WHEN e.anonymous_id IS NOT NULL
        THEN substr(lower(to_hex(sha256(to_utf8('a:' || e.anonymous_id)))), 1, 32)
    END AS base_person_id
  FROM events e
  LEFT JOIN anon_owner o ON o.anonymous_id = e.anonymous_id
) b
LEFT JOIN person_root r ON r.person_id = b.base_person_id
