-- Every event with the person it belongs to, before and after sign-up, on every device: the view to use.
-- `base_person_id` is the person before aliases, `person_id` after. `effective_at` is when the event counts
-- as having happened where a bad clock must not decide. Person ids and effective times are computed
-- exactly as headwater/ids.py and headwater/identity/effective_time.py do. Where the workspace
-- asks browsers for proof, `e.user_id` stands for a proven one (headwater/lake/believed.py).
CREATE OR REPLACE VIEW events_resolved AS
SELECT b.*, coalesce(r.root, b.base_person_id) AS person_id
FROM (
  SELECT
    e.*,
    {effective_at} AS effective_at,
    {base_person_id} AS base_person_id
  FROM events e
  LEFT JOIN anon_owner o ON o.anonymous_id = e.anonymous_id
) b
LEFT JOIN person_root r ON r.person_id = b.base_person_id
