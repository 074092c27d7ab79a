"""What a delivery is told with; the story itself is `headwater.deliver`.

- `parcels`       requests of several events as few bodies on the wire, and halves of them
- `look_up`       a destination that must ask before it can tell
- `backoff`       when to try again, and when to give up
- `settlement`    who was delivered, who waits, who never will be
- `undeliverable` the object that keeps what a vendor never took
- `lanes`         one destination's slowness kept from the others
"""
