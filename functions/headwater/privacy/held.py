"""What the collector needs to know and must not ask for: its copy of keys, salts and suppressions.

The copy comes from elsewhere and may be missing, whole or in part. What is missing is done without:
no keys, no cookie; no salt, no cookieless id; no list, and the stitcher suppresses later. The event
itself is always kept (design 11).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from headwater.privacy.suppressed import Suppressed


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """The copy. `cookie_keys`: the first writes, all of them read. `salts`: by UTC date, ISO."""

    cookie_keys: tuple[bytes, ...] = field(default=(), repr=False)
    salts: Mapping[str, bytes] = field(default_factory=dict, repr=False)
    suppressed: Suppressed = field(default_factory=Suppressed)


NOTHING = Held()
