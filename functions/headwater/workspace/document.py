"""The whole of what a site owner decides."""

import hashlib
from collections.abc import Mapping
from functools import cached_property
from typing import Annotated, Self
from urllib.parse import urlsplit

from pydantic import Field, PrivateAttr, StringConstraints, model_validator

from headwater.record import CANARY_SOURCE
from headwater.tracking_plan import Plan, SourcePlan
from headwater.workspace.canary import CANARY, CANARY_PRIVACY
from headwater.workspace.cookie_policy import CookiePolicy
from headwater.workspace.destination_entry import DestinationEntry
from headwater.workspace.door import Edge, Limits, Overload
from headwater.workspace.enrichment_policy import EnrichmentPolicy
from headwater.workspace.identity_policy import IdentityPolicy
from headwater.workspace.part import Part, Slug
from headwater.workspace.privacy_policy import PrivacyPolicy
from headwater.workspace.source import Source

Prefix = Annotated[str, StringConstraints(pattern=r"^(/[A-Za-z0-9._~-]+)*$")]


class Workspace(Part):
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
    enrichment: EnrichmentPolicy = EnrichmentPolicy()
    _plan: Plan | None = PrivateAttr(default=None)  # files of its own, beside this one
    _text: str = PrivateAttr(default="")  # the file, for the lines of what is wrong in it
    cookies: CookiePolicy = CookiePolicy()
    privacy: PrivacyPolicy = Field(default_factory=lambda: PrivacyPolicy.model_validate({}))

    @model_validator(mode="after")
    def _names_are_unique_and_known(self) -> Self:
        source_ids = [CANARY_SOURCE, *(source.id for source in self.sources)]
        keys = [
            key
            for source in (CANARY, *self.sources)
            for key in (*source.write_keys, *source.write_key_sha256)
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

    def with_text(self, text: str) -> Self:
        """Return the same workspace, knowing the text of its file."""
        workspace = self.model_copy()
        workspace._text = text
        return workspace

    @property
    def is_of_a_file(self) -> bool:
        """Whether it was read from a file, which everybody reads who reads the code."""
        return bool(self._text)

    def at(self, *place: str | int) -> str:
        """Say where something stands, as `file:line`."""
        from headwater.toml_lines import line_of, lines_of  # only what is wrong asks

        line = line_of(lines_of(self._text), place)
        return f"{self.name}.toml:{line}" if line else f"workspace {self.name!r}"

    def with_plan(self, plan: Plan | None) -> Self:
        """Return the same workspace with this tracking plan."""
        workspace = self.model_copy()
        workspace._plan = plan
        return workspace

    @property
    def plan(self) -> Plan | None:
        """The tracking plan, where there is one."""
        return self._plan

    def plan_of(self, source: Source) -> SourcePlan | None:
        """Return the plan as this source is judged by it."""
        if self._plan is None or source is CANARY:
            return None
        return SourcePlan(self._plan, source.tracking_plan)

    @model_validator(mode="after")
    def _policies_are_whole(self) -> Self:
        self._policies  # noqa: B018 - a source's own words are checked when the file is read
        return self

    def privacy_of(self, source_id: str) -> PrivacyPolicy:
        """Return how choices are honoured for a source: its own words over the workspace's."""
        return self._policies[source_id]

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
    def own_hosts(self) -> frozenset[str]:
        """The hosts of the site's own pages."""
        named = (urlsplit(origin.replace(":*", "")).hostname for origin in self.origins)
        return frozenset((*(host for host in named if host), *self.enrichment.own_hosts))

    @cached_property
    def _policies(self) -> Mapping[str, PrivacyPolicy]:
        return {CANARY_SOURCE: CANARY_PRIVACY} | {
            source.id: self.privacy.changed(source.privacy) if source.privacy else self.privacy
            for source in self.sources
        }

    @cached_property
    def _by_key(self) -> Mapping[str, Source]:
        return {key: source for source in (CANARY, *self.sources) for key in source.write_keys}

    @cached_property
    def _by_digest(self) -> Mapping[str, Source]:
        return {digest: source for source in self.sources for digest in source.write_key_sha256}
