"""What Headwater costs a month: `make cost`.

`measure` weighs an event on this machine, `stack` counts what template.yaml makes, `prices` is AWS's
dated list, `bill` puts the three together part by part, `page` writes the tables into the docs.
"""
