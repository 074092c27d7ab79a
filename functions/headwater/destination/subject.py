"""Whom a deletion is about: every id a vendor may know the person by."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """A data subject (GDPR, article 4): a person's ids, none of which shows in a `repr`.

    They are the usable ids of all the person's devices and accounts, each in a stable order, so that
    the same subject makes the same requests. Any may be empty; a vendor takes those it files under.
    """

    user_ids: tuple[str, ...] = field(repr=False, default=())
    anonymous_ids: tuple[str, ...] = field(repr=False, default=())
    emails: tuple[str, ...] = field(repr=False, default=())

    @property
    def ids(self) -> tuple[str, ...]:
        """The accounts and the devices: what most vendors file a person's events under."""
        return (*self.user_ids, *self.anonymous_ids)
