"""What Headwater costs, each figure beside its floor of the same run: `make bench`.

Absolute times are a machine's; a ratio to a floor travels. Figures are CPU time by the process
clock, medians over rounds in which every case and its floor take turns, so that whatever else the
machine does falls on both. AWS's side is a sink of another process on loopback, over plain HTTP:
botocore's cost is in, TLS's and the network's are not.
"""
