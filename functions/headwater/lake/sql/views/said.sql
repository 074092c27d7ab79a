-- Every value that a person's traits were said to have, by `identify`, and when; 'null' is a removal. Give a
-- `dt` and only its files are read. What was said under a user id without proof says nothing of anybody.
CREATE OR REPLACE VIEW said AS
SELECT
  e.person_id,
  t.trait,
  coalesce(
    json_format(element_at(CAST(json_parse(e.traits) AS MAP(VARCHAR, JSON)), t.trait)), 'null'
  ) AS value,
  e.effective_at,
  e.message_id,
  e.dt
FROM identity_events e
CROSS JOIN UNNEST(map_keys(CAST(json_parse(e.traits) AS MAP(VARCHAR, JSON)))) AS t(trait)
WHERE e.type = 'identify' AND e.person_id IS NOT NULL
