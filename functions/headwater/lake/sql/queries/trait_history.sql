-- title: Trait history
-- description: Every value a trait of a person has had, and what it was before, last 30 days.
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
  WHERE e.dt >= date_format(current_date - INTERVAL '30' DAY, '%Y-%m-%d')
    AND e.type = 'identify'
    AND e.person_id IS NOT NULL
),
steps AS (
  SELECT
    s.*,
    lag(value) OVER (PARTITION BY person_id, trait ORDER BY effective_at, message_id) AS before
  FROM said s
)
SELECT person_id, trait, before, value, effective_at AS changed_at
FROM steps
WHERE value IS DISTINCT FROM before
ORDER BY person_id, trait, changed_at, message_id
