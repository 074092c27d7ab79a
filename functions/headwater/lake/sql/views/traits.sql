-- What is known of each person now: the newest value of every trait, from all devices and user ids.
-- A trait that was set to null is gone. Reads the identify calls of every day there is.
CREATE OR REPLACE VIEW traits AS
WITH said AS (
  SELECT
    e.person_id,
    t.trait,
    coalesce(
      json_format(element_at(CAST(json_parse(e.traits) AS MAP(VARCHAR, JSON)), t.trait)), 'null'
    ) AS value,
    e.effective_at,
    e.message_id
  FROM events_resolved e
  CROSS JOIN UNNEST(map_keys(CAST(json_parse(e.traits) AS MAP(VARCHAR, JSON)))) AS t(trait)
  WHERE e.type = 'identify' AND e.person_id IS NOT NULL
),
newest AS (
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
