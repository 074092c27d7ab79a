"""What a site owner decides: sources and keys, the path prefix, destinations. Config is code.

One TOML file a workspace, `functions/workspace/<name>.toml`, validated when a function starts and
when it is built, and deployed with the code. A destination's own settings stay unparsed here, so
the collector never loads a destination (design 10).
"""

import hashlib
import tomllib
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
    model_validator,
)

from headwater.errors import WorkspaceError
from headwater.outcomes import RefuseCode, Refused
from headwater.record import SourceKind

DIRECTORY = Path(__file__).resolve().parent.parent / "workspace"

Slug = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_-]{0,39}$")]
Origin = Annotated[str, StringConstraints(pattern=r"^https?://[^/?#\s]+$")]
Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
WriteKey = Annotated[str, StringConstraints(pattern=r"^[\x21-\x39\x3b-\x7e]{8,128}$")]
Prefix = Annotated[str, StringConstraints(pattern=r"^(/[A-Za-z0-9._~-]+)*$")]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Source(_Part):
    """Something that sends events. A browser's key is public; a server's is known by its hash only.

    `origins`: the sites that may read replies and hold cookies; `http://localhost:*` and
    `http://127.0.0.1:*` stand for loopback on any port.
    """

    id: Slug
    kind: SourceKind
    write_keys: tuple[WriteKey, ...] = ()
    write_key_sha256: Annotated[tuple[Sha256, ...], Field(max_length=2)] = ()
    origins: tuple[Origin, ...] = ()

    @model_validator(mode="after")
    def _keys_fit_the_kind(self) -> Self:
        if self.kind == "browser" and (not self.write_keys or self.write_key_sha256):
            raise ValueError("a browser source lists `write_keys`, which are public, and no hashes")
        if self.kind == "server" and (not self.write_key_sha256 or self.write_keys):
            raise ValueError("a server source lists `write_key_sha256` only: its keys are secrets")
        return self


class DestinationEntry(_Part):
    """A destination as the workspace names it; `settings` belong to the destination's own file."""

    id: Slug
    type: Slug
    enabled: bool = True
    # The display name that `integrations: {"Name": false}` switches; the type's own when absent.
    integration: str | None = None
    sources: tuple[Slug, ...] | None = None
    events: tuple[Literal["track", "page", "screen", "identify", "group", "alias"], ...] | None = (
        None
    )
    # The consent categories it needs, and whether sending there is sale or advertising (barred for
    # people who object to that); the type's own answers when absent.
    consent: tuple[str, ...] | None = None
    advertising: bool | None = None
    settings: Mapping[str, Any] = Field(default_factory=dict)


class Limits(_Part):
    """Segment's limits, in bytes and counts; ours to enforce on what arrives (design 5)."""

    event_bytes: int = 32 * 1024
    body_bytes: int = 500 * 1024
    batch_events: int = 2_500


class Edge(_Part):
    """What stands before the collector: a CDN or proxy that adds a secret to what it passes on.

    With secrets here (two while they are rotated), a request without one in `x-origin-secret` is
    refused, and only then are the edge's words about the visitor believed.
    """

    secret_sha256: Annotated[tuple[Sha256, ...], Field(max_length=2)] = ()


class Overload(_Part):
    """A declared overload: uploads are answered 429, and clients come back after this time."""

    retry_after_seconds: Annotated[int, Field(ge=1, le=300)] = 60

    @property
    def refusal(self) -> Refused:
        """What an upload ends with while the overload lasts."""
        return Refused(
            RefuseCode.OVERLOADED, "too much arrives: send it later", self.retry_after_seconds
        )


class Signing(_Part):
    """Signed identify: whether a page must prove who is signed in on it.

    `observe` marks user ids that came with a good token as proven; `enforce` also puts aside those
    that did not. `secrets`: the keys' names in Secrets Manager, two while they are rotated.
    """

    mode: Literal["off", "observe", "enforce"] = "off"
    secrets: Annotated[
        tuple[Annotated[str, StringConstraints(pattern=r"^secret:.+$")], ...], Field(max_length=2)
    ] = ()

    @model_validator(mode="after")
    def _modes_that_look_have_keys(self) -> Self:
        if self.mode != "off" and not self.secrets:
            raise ValueError('signed identify needs a key: secrets = ["secret:NAME"]')
        return self

    @property
    def secret_names(self) -> tuple[str, ...]:
        """The names alone."""
        return tuple(reference.removeprefix("secret:") for reference in self.secrets)


class IdentityPolicy(_Part):
    """How visitors become people; the defaults are the rule set of design 7.

    `blocked_ids`: ids of yours that stand for nobody, such as a test account's; they link nothing.
    `require_proof`: of what browsers send, only proven user ids link.
    """

    max_users_per_device: Annotated[int, Field(ge=1, le=100)] = 5
    blocked_ids: frozenset[str] = frozenset()
    require_proof: bool = False
    signing: Signing = Signing()

    @model_validator(mode="after")
    def _proof_can_be_given(self) -> Self:
        if self.require_proof and self.signing.mode == "off":
            raise ValueError(
                "require_proof without signing would link nobody: see identity.signing"
            )
        return self


class Workspace(_Part):
    """Everything the site owner decides, read once when a function starts."""

    name: Slug
    prefix: Prefix = "/ev"
    demo: bool = False
    sources: Annotated[tuple[Source, ...], Field(min_length=1)]
    destinations: tuple[DestinationEntry, ...] = ()
    limits: Limits = Limits()
    edge: Edge = Edge()
    overload: Overload | None = None
    identity: IdentityPolicy = IdentityPolicy()

    @model_validator(mode="after")
    def _names_are_unique_and_known(self) -> Self:
        source_ids = [source.id for source in self.sources]
        keys = [
            key for source in self.sources for key in (*source.write_keys, *source.write_key_sha256)
        ]
        destination_ids = [destination.id for destination in self.destinations]
        for what, names in (
            ("source id", source_ids),
            ("write key", keys),
            ("destination id", destination_ids),
        ):
            if len(names) != len(set(names)):
                raise ValueError(f"a {what} is used twice")
        for destination in self.destinations:
            unknown = set(destination.sources or ()) - set(source_ids)
            if unknown:
                raise ValueError(f"destination {destination.id!r} names no source {unknown}")
        return self

    def source_of(self, write_key: str) -> Source | None:
        """Find whose key this is; a server's key is looked up by its SHA-256."""
        browser = self._by_key.get(write_key)
        if browser is not None:
            return browser
        digest = hashlib.sha256(write_key.encode("utf-8", "surrogatepass")).hexdigest()
        return self._by_digest.get(digest)

    @cached_property
    def origins(self) -> frozenset[str]:
        """Every origin whose pages may read replies, of all sources together."""
        return frozenset(origin for source in self.sources for origin in source.origins)

    @cached_property
    def _by_key(self) -> Mapping[str, Source]:
        return {key: source for source in self.sources for key in source.write_keys}

    @cached_property
    def _by_digest(self) -> Mapping[str, Source]:
        return {digest: source for source in self.sources for digest in source.write_key_sha256}


def load(name: str, *, directory: Path = DIRECTORY) -> Workspace:
    """Read and check the workspace, or raise `WorkspaceError` naming file, place and remedy."""
    path = directory / f"{name}.toml"
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        known = ", ".join(sorted(found.stem for found in directory.glob("*.toml"))) or "none"
        raise WorkspaceError(
            f"no workspace {name!r} in functions/workspace; found: {known}"
        ) from None
    except tomllib.TOMLDecodeError as error:
        raise WorkspaceError(f"{path.name}: not valid TOML: {error}") from None
    try:
        return Workspace.model_validate({"name": name, **document})
    except ValidationError as error:
        faults = "; ".join(
            f"{'.'.join(map(str, fault['loc'])) or 'the file'}: {fault['msg']}"
            for fault in error.errors(include_url=False, include_input=False)
        )
        raise WorkspaceError(f"{path.name}: {faults}") from None
