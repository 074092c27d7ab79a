-- title: Trait history
-- description: Every value a trait of a person has had, and what it was before, last 30 days.
WITH said_once AS (
  SELECT person_id, trait, value, max(effective_at) AS effective_at, message_id
  FROM said
  WHERE dt >= date_format(current_date - INTERVAL '30' DAY, '%Y-%m-%d')
  GROUP BY person_id, trait, value, message_id
),
steps AS (
  SELECT
    s.*,
    lag(value) OVER (PARTITION BY person_id, trait ORDER BY effective_at, message_id) AS before
  FROM said_once s
)
SELECT person_id, trait, before, value, effective_at AS changed_at
FROM steps
WHERE value IS DISTINCT FROM before
ORDER BY person_id, trait, changed_at, message_id
