"""What a source does with what is not as planned."""

from typing import Literal

from pydantic import BaseModel, ConfigDict

EventMode = Literal["allow", "flag", "reject"]
Mode = Literal["allow", "flag", "omit", "reject"]


class Modes(BaseModel):
    """The answer of one source to each kind of fault (Segment's schema configuration of a source).

    allow: take it and say nothing. flag: take it, with a violation on it. omit: take it without the
    properties or traits at fault, with a violation on it. reject: put it aside in `rejected/`, from
    where it can be replayed once the plan is fixed (Segment's "block").
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    unplanned_events: EventMode = "flag"
    unplanned_properties: Mode = "flag"
    unplanned_traits: Mode = "flag"
    violations: Mode = "flag"
    common_violations: Mode = "flag"
