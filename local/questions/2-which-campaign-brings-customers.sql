-- Which campaign brings people who become customers? The click came before the account existed.
SELECT first_campaign, count(*) AS people, count_if(signed_up) AS signed_up
FROM (
  SELECT
    person_id,
    min_by(utm_campaign, "timestamp") FILTER (WHERE utm_campaign IS NOT NULL) AS first_campaign,
    count_if(event = 'Signed Up') > 0 AS signed_up
  FROM events_resolved
  WHERE dt >= '{since}'
  GROUP BY person_id
) p
GROUP BY first_campaign
ORDER BY signed_up DESC, people DESC
