"""Where the visitor's cookies are valid: decided here and never taken from a request."""

from typing import Annotated

from pydantic import StringConstraints

from headwater.workspace.part import Part

Domain = Annotated[
    str, StringConstraints(pattern=r"^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]*$")
]


class CookiePolicy(Part):
    """The cookies that keep a visitor one visitor: set by the collector, on your own host.

    `domain`: the registrable domain, when several hosts of it share visitors (or analytics.js does);
    without it the cookies belong to the one host that answers. `mirror`: whether scripts can read
    the visitor's id.
    """

    domain: Domain | None = None
    mirror: bool = True
