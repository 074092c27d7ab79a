"""What is found out about events, where a site may want it otherwise."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from headwater.workspace.part import Part

Host = Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]+(\.[a-z0-9-]+)*$")]
FieldName = Annotated[str, StringConstraints(pattern=r"^[^\s&=#?]{1,100}$")]


class EnrichmentPolicy(Part):
    """What is found out about events, where a site may want it otherwise.

    `bots`: keep what programs send, marked as theirs, or drop it. `page_query`: the query fields that
    the lake's page_url keeps beside utm_*; `*` keeps all. `own_hosts`: your sites beside the origins of
    your sources; a visit from there, or from a sub-domain, comes from yourselves.
    """

    bots: Literal["flag", "drop"] = "flag"
    page_query: Annotated[tuple[FieldName, ...], Field(max_length=100)] = ()
    own_hosts: tuple[Host, ...] = ()
