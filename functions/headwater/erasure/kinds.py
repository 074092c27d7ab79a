"""What a person may ask, by our names and by those of Segment's regulations.

Source: segment.com/docs/privacy/user-deletion-and-suppression, read 2026-08-21.
"""

from collections.abc import Mapping
from enum import StrEnum


class Kind(StrEnum):
    """What is asked."""

    SUPPRESS = "suppress"  # nothing new is stored; what is there stays
    DELETE = "delete"  # what is there goes; whoever comes back later is a new person
    SUPPRESS_WITH_DELETE = "suppress-with-delete"
    UNSUPPRESS = "unsuppress"
    EXPORT = "export"
    ANONYMISE = "anonymise"  # events stay and count, under a random name that leads nowhere

    @property
    def erases(self) -> bool:
        """Whether it destroys something, so that it must be confirmed."""
        return self in (Kind.DELETE, Kind.SUPPRESS_WITH_DELETE, Kind.ANONYMISE)

    @property
    def suppresses_for_good(self) -> bool:
        """Whether new events are refused after the request is done."""
        return self in (Kind.SUPPRESS, Kind.SUPPRESS_WITH_DELETE)


REGULATIONS: Mapping[str, Kind] = {
    "SUPPRESS_ONLY": Kind.SUPPRESS,
    "UNSUPPRESS": Kind.UNSUPPRESS,
    "DELETE_ONLY": Kind.DELETE,
    "SUPPRESS_WITH_DELETE": Kind.SUPPRESS_WITH_DELETE,
}
