"""A destination as the workspace names it."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import Field

from headwater.workspace.part import Part, Slug


class DestinationEntry(Part):
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
    # Which events: a filter of destination/filter's language, and a share of the people.
    filter: str | None = None
    sample: Annotated[float, Field(gt=0, le=1)] = 1.0
    # What it does not get to see of them; paths such as "properties.total" (destination/shaping).
    allow_properties: tuple[str, ...] = ()
    drop_properties: tuple[str, ...] = ()
    hash_properties: tuple[str, ...] = ()
    rename: Mapping[str, str] = Field(default_factory=dict)
    rename_properties: Mapping[str, str] = Field(default_factory=dict)
    settings: Mapping[str, Any] = Field(default_factory=dict)
