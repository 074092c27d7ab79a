-- When an event counts as having happened: headwater/identity/effective_time.py, of an event `e`.
CASE
  WHEN e."timestamp" > e.received_at
    OR e."timestamp" < TIMESTAMP '2000-01-01 00:00:00'
    OR (e.source_kind = 'browser' AND e."timestamp" < e.received_at - INTERVAL '24' HOUR)
    THEN e.received_at
  ELSE e."timestamp"
END
