"""What other systems spend, as this project's study of them measured it, on another machine.

Versions and method: peers reference 4.3 and 5, November 2026: the same event mix, sinks on loopback,
a quiet machine of two cores, Node 20 and Python 3.11, medians of five runs. On that machine boto3's
put took 0.71 ms and the bare signed put 0.117 ms, so only ratios to those compare with a run here.
"""

# What the floors took where the peers were measured, in CPU milliseconds.
BOTO3_PUT = 0.71
SIGNED_PUT = 0.117
BOTO3_START = 170  # importing it and making two clients

# system and work, CPU milliseconds an event
PUBLISHED: tuple[tuple[str, float], ...] = (
    ("serverless-website-analytics, page view", 1.34),
    ("serverless-website-analytics, track", 1.17),
    ("serverless-website-analytics, track, nothing put", 0.39),
    ("walkerOS on Lambda, one event", 1.09),
    ("walkerOS on Lambda, a batch of 20", 0.87),
    ("Umami, new session, Postgres apart", 3.1),
    ("Umami, cached session, Postgres apart", 2.2),
    ("ownstats, Firehose transform, a record", 0.038),
    ("Jitsu functions, webhook (fetch stubbed)", 0.016),
    ("rudder-transformer, GA4", 0.064),
    ("rudder-transformer, webhook", 0.0045),
)
# system, CPU milliseconds of load and first call
PUBLISHED_STARTS: tuple[tuple[str, float], ...] = (
    ("serverless-website-analytics", 151),
    ("walkerOS on Lambda", 67),
    ("Umami", 375),
)
