"""A shop's worth of made-up events, the same for the same seed: to try queries on, and to test them."""
