-- What do people do on their way to an account, and on how many devices afterwards?
SELECT
  e.event,
  count_if(e."timestamp" < p.first_identified) AS before_signing_up,
  count_if(e."timestamp" >= p.first_identified) AS afterwards,
  count(DISTINCT e.device_kind) AS kinds_of_device
FROM events_resolved e
JOIN people p ON p.person_id = e.person_id
WHERE e.dt >= '{since}' AND e.type = 'track' AND p.known
GROUP BY e.event
ORDER BY before_signing_up DESC, e.event
