-- The user a device belongs to: the newest row of its register. A device seen with many users is
-- `shared`: what it does anonymously stays its own.
CREATE OR REPLACE VIEW anon_owner AS
SELECT
  id_value AS anonymous_id,
  max_by(owner_user_id, seq) AS owner_user_id,
  max_by(shared, seq) AS shared
FROM identity_changes
WHERE kind = 'owner'
GROUP BY id_value
