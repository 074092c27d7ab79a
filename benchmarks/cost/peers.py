"""What others publish of their own bills: the figure, its traffic, and where it is written.

Read November 2026. Theirs are their authors' figures, for what each says it covers; beside each stands
Headwater's bill for the same traffic, in the same events a request.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Published:
    """A figure of somebody else: dollars a month at so many events, so many a request."""

    system: str
    covers: str
    events: float
    events_a_request: float
    dollars: float
    source: str


PUBLISHED: tuple[Published, ...] = (
    Published(
        "Snowplow, quick start on AWS",
        "the pipeline, as good as idle",
        1e6,
        1,
        200.0,
        "docs.snowplow.io, quick start",
    ),
    Published(
        "Snowplow, quick start on AWS",
        "the pipeline at 100 events a second, as it is sized",
        100 * 2_628_000,
        1,
        200.0,
        "docs.snowplow.io, quick start",
    ),
    Published(
        "Clickstream Analytics on AWS",
        "ingestion only, 10 requests a second, the lower figure",
        10 * 10 * 2_628_000,
        10,
        153.8,
        "its plan-deployment/cost.md",
    ),
    Published(
        "Clickstream Analytics on AWS",
        "ingestion only, 1,000 requests a second",
        1000 * 10 * 2_628_000,
        10,
        1450.0,
        "its plan-deployment/cost.md",
    ),
    Published(
        "serverless-website-analytics",
        "all of it, worst case of its README",
        1e6,
        1,
        10.18,
        "its README and docs/COST.md",
    ),
    Published(
        "serverless-website-analytics",
        "all of it, worst case of its README",
        100e6,
        1,
        550.0,
        "its README and docs/COST.md",
    ),
    Published(
        "Server-side GTM on Cloud Run",
        "forwarding only, $1.70 a million and no floor",
        100e6,
        1,
        170.0,
        "taggingdocs.com",
    ),
)
