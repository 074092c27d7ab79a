"""What the collector does before it looks at an event: how much it takes, from which edge, and when not."""

from typing import Annotated

from pydantic import Field

from headwater.outcomes import RefuseCode, Refused
from headwater.workspace.part import Part, Sha256


class Limits(Part):
    """Segment's limits, in bytes and counts; ours to enforce on what arrives (design 5)."""

    event_bytes: int = 32 * 1024
    body_bytes: int = 500 * 1024
    batch_events: int = 2_500


class Edge(Part):
    """What stands before the collector: a CDN or proxy that adds a secret to what it passes on.

    With secrets here (two while they are rotated), a request without one in `x-origin-secret` is
    refused, and only then are the edge's words about the visitor believed. A stage usually has its
    own, which the deployment adds (template.yaml, OriginSecretSha256).
    """

    secret_sha256: Annotated[tuple[Sha256, ...], Field(max_length=2)] = ()

    def with_deployed(self, digests: str) -> "Edge":
        """Return the edge as this deployment knows it: digests with a comma, or `none`."""
        if digests == "none":
            return self
        return Edge(secret_sha256=tuple(digests.split(",")))


class Overload(Part):
    """A declared overload: uploads are answered 429, and clients come back after this time."""

    retry_after_seconds: Annotated[int, Field(ge=1, le=300)] = 60

    @property
    def refusal(self) -> Refused:
        """What an upload ends with while the overload lasts."""
        return Refused(
            RefuseCode.OVERLOADED, "too much arrives: send it later", self.retry_after_seconds
        )
