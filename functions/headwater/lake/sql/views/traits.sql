-- What is known of each person now: the newest value of every trait, from all devices and user ids.
-- A trait that was set to null is gone. Reads the identify calls of every day there is: a plan may have been
-- said years ago. For what was said in a period ask `said` with a `dt`.
CREATE OR REPLACE VIEW traits AS
WITH newest AS (
  SELECT
    s.*,
    row_number() OVER (
      PARTITION BY person_id, trait ORDER BY effective_at DESC, message_id DESC, value DESC
    ) AS place
  FROM said s
)
SELECT person_id, trait, value, effective_at AS since
FROM newest
WHERE place = 1 AND value <> 'null'
