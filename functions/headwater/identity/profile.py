"""What is known about one person."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from headwater.identity.effective_time import moment
from headwater.identity.traits import Trait, living
from headwater.record import to_iso


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """A person as the table shows it now.

    `groups`: group id → when first seen in it. `first_seen` and `last_seen` are the days of the first
    and the last `identify`, None when there was none. `flags`: `shared_device` when the id asked for
    is a device of too many users, `truncated` when there are more ids than are read.
    """

    person_id: str
    user_ids: tuple[str, ...] = ()
    anonymous_ids: tuple[str, ...] = ()
    register: Mapping[str, Trait] = field(default_factory=dict)
    groups: Mapping[str, datetime] = field(default_factory=dict)
    first_seen: date | None = None
    last_seen: date | None = None
    flags: tuple[str, ...] = ()

    @property
    def traits(self) -> dict[str, Any]:
        """Return the traits as they hold, without those that were removed."""
        return living(self.register)

    @property
    def known(self) -> bool:
        """Whether the table holds anything about the person; an id alone makes nobody."""
        return bool(self.register or self.groups or self.first_seen) or (
            len(self.user_ids) + len(self.anonymous_ids) > 1 or bool(self.flags)
        )

    def to_json(self) -> dict[str, Any]:
        """Return the profile as the API answers it, each trait with the time it was said."""
        return {
            "personId": self.person_id,
            "userIds": list(self.user_ids),
            "anonymousIds": list(self.anonymous_ids),
            "traits": {
                name: {"value": value, "at": to_iso(moment(self.register[name].at))}
                for name, value in sorted(self.traits.items())
            },
            "groups": {group: to_iso(since) for group, since in sorted(self.groups.items())},
            "firstSeen": self.first_seen and self.first_seen.isoformat(),
            "lastSeen": self.last_seen and self.last_seen.isoformat(),
            "flags": list(self.flags),
        }
