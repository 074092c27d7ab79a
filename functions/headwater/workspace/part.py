"""What every part of the workspace has in common, and the words that several of them use."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, StringConstraints

Slug = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_-]{0,39}$")]
Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]


class Part(BaseModel):
    """A part of the workspace: frozen, and exact about its names."""

    model_config = ConfigDict(frozen=True, extra="forbid")
