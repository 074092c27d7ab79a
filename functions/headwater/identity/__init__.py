"""Who a person is: a pure function of the set of events, kept with single-item conditional writes.

`effective_time` dates an event, `links` reads what it says about identity, `fold` joins a batch of
such facts. `device`, `traits` and `forest` are the registers: each only ever moves one way (minimum,
latest, union), so order, duplicates, retries and concurrent workers cannot change the answer.
`store` keeps them in DynamoDB; `changes` turns the table's stream into rows of the lake.
"""
