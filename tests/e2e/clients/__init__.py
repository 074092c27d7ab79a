"""Real clients, unmodified and from their registries, through the edge of the local stack.

Each sends to a `Front` of the tests, which passes everything to the edge, writes down what went over
the wire and can fail in the collector's place. What a client believes is then compared with what the
wire and the lake saw.
"""
