-- title: Delivery health
-- description: What each destination took, gave up or still owes, tries an event, and its commonest fault, last 7 days.
WITH events_sent AS (
  SELECT
    destination_id,
    source_id,
    message_id,
    count(*) AS tries,
    bool_or(outcome = 'delivered') AS delivered,
    bool_or(outcome = 'undeliverable') AS undeliverable
  FROM deliveries
  WHERE dt >= date_format(current_date - INTERVAL '7' DAY, '%Y-%m-%d')
  GROUP BY destination_id, source_id, message_id
),
faults AS (
  SELECT
    destination_id,
    reason,
    row_number() OVER (PARTITION BY destination_id ORDER BY count(*) DESC, reason) AS place
  FROM deliveries
  WHERE dt >= date_format(current_date - INTERVAL '7' DAY, '%Y-%m-%d')
    AND outcome <> 'delivered'
  GROUP BY destination_id, reason
)
SELECT
  e.destination_id,
  count(*) AS events,
  count_if(e.delivered) AS delivered,
  count_if(e.undeliverable AND NOT e.delivered) AS undeliverable,
  count_if(NOT e.undeliverable AND NOT e.delivered) AS waiting,
  round(100.0 * count_if(e.delivered) / count(*), 1) AS delivered_percent,
  round(1.0 * sum(e.tries) / count(*), 2) AS tries_each,
  f.reason AS commonest_fault
FROM events_sent e
LEFT JOIN faults f ON f.destination_id = e.destination_id AND f.place = 1
GROUP BY e.destination_id, f.reason
ORDER BY e.destination_id
