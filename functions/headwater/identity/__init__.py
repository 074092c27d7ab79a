"""Who a person is: a pure function of the set of events, kept with single-item conditional writes.

- a batch in: `lines` reads records, `effective_time` dates an event, `links` says what it tells about
  identity, `fold` joins a batch of such facts, `progress` keeps how far the batch is done
- the registers: `device`, `forest`, `traits` with `saying`, `sighting`. Each only ever moves one way
  (minimum, latest, union), so order, duplicates, retries and concurrency cannot change the answer
- kept in DynamoDB: `store` and `said`, with a `cache`
- read back: `profile`, `people`, `profile_request`
- told to the lake: `changes`, `change_log`
"""
