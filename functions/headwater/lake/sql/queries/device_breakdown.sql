-- title: Devices
-- description: People and events by kind of device, system and browser, bots by name, last 30 days.
SELECT
  CASE WHEN is_bot THEN 'bot' ELSE coalesce(device_kind, 'server') END AS device_kind,
  os,
  CASE WHEN is_bot THEN bot_name ELSE browser END AS browser,
  count(DISTINCT person_id) AS people,
  count(*) AS events
FROM events_resolved
WHERE dt >= date_format(current_date - INTERVAL '30' DAY, '%Y-%m-%d')
GROUP BY 1, 2, 3
ORDER BY people DESC, events DESC, 1, 2, 3
