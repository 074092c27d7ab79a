-- title: Devices
-- description: People and events by kind of device, system and browser, last 30 days.
SELECT
  coalesce(device_kind, 'server') AS device_kind,
  os,
  browser,
  count(DISTINCT person_id) AS people,
  count(*) AS events
FROM events_resolved
WHERE dt >= date_format(current_date - INTERVAL '30' DAY, '%Y-%m-%d')
GROUP BY coalesce(device_kind, 'server'), os, browser
ORDER BY people DESC, events DESC, device_kind, os, browser
