"""What a delivery is told with; the story itself is `headwater.deliver`.

- `outside`       what a delivery is given and gives back
- `lanes`         one destination's slowness kept from the others
- `breaker`       whether a destination may be asked at all
- `pace`          how fast it may be asked
- `steps`         one try of one message: age, build, pack, send
- `look_up`       a destination that must ask before it can tell
- `parcels`       requests of several events as few bodies on the wire, and halves of them
- `backoff`       when to try again, and when to give up
- `settlement`    who was delivered, who waits, who never will be
- `keep`          write that down, before the queue may forget
- `undeliverable` the object that keeps what a vendor never took
- `redelivery`    a second chance for those, after a fix
- `dead_letters`  messages that the forwarder itself kept failing on
- `outcome_rows`  what was sent where and how it ended, for the lake
- `parking`       the objects that wait longer than a queue lets them
"""
