"""The request as facts, frozen before anything is decided; and what an enrichment may know of it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from headwater.record import SourceReference
from headwater.tracking_plan import SourcePlan
from headwater.workspace import EnrichmentPolicy


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One HTTP request. Header names are lower case; `query` is raw; `id` is the gateway's own.

    `address` is the client's, from a hop that is trusted; what a client claims of itself is not here.
    """

    method: str
    path: str
    id: str
    query: str = ""
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    cookies: tuple[str, ...] = field(default=(), repr=False)
    body: bytes = field(default=b"", repr=False)
    address: str | None = field(default=None, repr=False)

    @property
    def origin(self) -> str | None:
        """The site whose page sent this, when a browser says so."""
        return self.headers.get("origin")

    @property
    def from_browser(self) -> bool:
        """Whether a browser sent this: browsers set these headers, and pages cannot unset them.

        `Sec-Fetch-Mode` alone proves nothing: Node's own fetch sends it, so analytics-node does.
        """
        return self.origin is not None or any(
            name.startswith("sec-fetch-") and name != "sec-fetch-mode" for name in self.headers
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """What the server knows about an event's arrival: the same for every event of a request.

    `plan`: the tracking plan, as the source is judged by it.
    `own_hosts` are the hosts of the site's own pages.
    """

    at: datetime
    source: SourceReference
    request_id: str
    address: str | None = field(default=None, repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    plan: SourcePlan | None = field(default=None, repr=False)
    policy: EnrichmentPolicy = field(default_factory=EnrichmentPolicy)
    own_hosts: frozenset[str] = frozenset()
    _read: dict[Any, tuple[Any, Any]] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )
    _read_of: dict[tuple[Any, ...], tuple[Any, Any]] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    @property
    def user_agent(self) -> str | None:
        """The user agent of the connection, which is the client's own only for a browser."""
        return self.headers.get("user-agent") or None

    def once[Said, Read](self, read: Callable[["Received", Said], Read], said: Said) -> Read:
        """Return `read(self, said)`, read again only when an event says something else.

        The events of a batch are mostly of one page, browser and visitor. What is read is shared by
        them, so nobody may write on it; it may depend on nothing that `==` does not tell apart.
        """
        kept = self._read.get(read)
        if kept is not None and kept[0] == said:
            found: Read = kept[1]
            return found
        found = read(self, said)
        self._read[read] = (said, found)
        return found

    def once_of[Read](self, read: Callable[..., Read], *things: Any) -> Read:
        """Return `read(self, *things)`, read once of these very objects, whatever they equal.

        Whoever is equal byte for byte is one object already (`batches`). What is read is shared, so
        nobody may write on it.
        """
        of = (read, *map(id, things))
        kept = self._read_of.get(of)
        if kept is None:
            # The things are kept too, or another one could get the identity of one that is gone.
            kept = self._read_of[of] = (things, read(self, *things))
        found: Read = kept[1]
        return found
