"""Something that sends events, and whose keys are believed."""

from collections.abc import Mapping
from typing import Annotated, Any, Self

from pydantic import Field, StringConstraints, model_validator

from headwater.record import SourceKind
from headwater.tracking_plan import Modes
from headwater.workspace.part import Part, Sha256, Slug

Origin = Annotated[str, StringConstraints(pattern=r"^https?://[^/?#\s]+$")]
WriteKey = Annotated[str, StringConstraints(pattern=r"^[\x21-\x39\x3b-\x7e]{8,128}$")]


class Source(Part):
    """Something that sends events. A browser's key is public; a server's is known by its hash only.

    `origins`: the sites that may read replies and hold cookies; `http://localhost:*` and
    `http://127.0.0.1:*` stand for loopback on any port. `tracking_plan`: what is done with its events
    that are not as planned. `privacy`: what differs here from the workspace's privacy policy.
    """

    id: Slug
    kind: SourceKind
    write_keys: tuple[WriteKey, ...] = ()
    write_key_sha256: Annotated[tuple[Sha256, ...], Field(max_length=2)] = ()
    origins: tuple[Origin, ...] = ()
    tracking_plan: Modes = Modes()
    privacy: Mapping[str, Any] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _keys_fit_the_kind(self) -> Self:
        if self.kind == "browser" and (not self.write_keys or self.write_key_sha256):
            raise ValueError("a browser source lists `write_keys`, which are public, and no hashes")
        if self.kind == "server" and (not self.write_key_sha256 or self.write_keys):
            raise ValueError("a server source lists `write_key_sha256` only: its keys are secrets")
        return self
