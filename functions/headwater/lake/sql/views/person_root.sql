-- The person an aliased person has become. Parents are always smaller ids, so the smallest known
-- ancestor is the nearest to the root; four doublings follow a chain of sixteen, and the change log is
-- flattened as it is written, so one hop is the rule. No recursion: Athena stops it at depth ten.
CREATE OR REPLACE VIEW person_root AS
WITH hop1 AS (
  SELECT id_value AS person_id, min(least(parent_id, coalesce(root_id, parent_id))) AS root
  FROM identity_changes
  WHERE kind = 'merge'
  GROUP BY id_value
),
hop2 AS (
  SELECT a.person_id, coalesce(b.root, a.root) AS root
  FROM hop1 a LEFT JOIN hop1 b ON b.person_id = a.root
),
hop4 AS (
  SELECT a.person_id, coalesce(b.root, a.root) AS root
  FROM hop2 a LEFT JOIN hop2 b ON b.person_id = a.root
),
hop8 AS (
  SELECT a.person_id, coalesce(b.root, a.root) AS root
  FROM hop4 a LEFT JOIN hop4 b ON b.person_id = a.root
)
SELECT a.person_id, coalesce(b.root, a.root) AS root
FROM hop8 a LEFT JOIN hop8 b ON b.person_id = a.root
