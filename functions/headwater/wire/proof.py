"""The proof cookie: which visitor a browser is, in words that only the collector can write.

`1.<id>.<issued>-<sent>.<mac>`: the visitor's UUID in 22 characters, the day of first issue counted from
1970, how many days later it was last sent, and half of an HMAC-SHA256 over all before it and the
workspace's name. A cookie that a page or a sibling host edited is replaced, not believed; the day of
first issue is in it, so a visit never makes it live longer (CNIL: 13 months, not extended on visits).
"""

import hmac
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from uuid import UUID

# 395 days: 13 months at the longest, and below the 400 to which browsers cut.
LIFE_DAYS = 395

_FORM = re.compile(r"1\.([A-Za-z0-9_-]{22})\.([0-9]{1,6})-([0-9]{1,3})\.([A-Za-z0-9_-]{22})")


@dataclass(frozen=True, slots=True)
class Proof:
    """A visitor whose id we gave or adopted; days are counted from 1970-01-01, UTC."""

    visitor: str
    issued_day: int
    sent_day: int

    @property
    def last_day(self) -> int:
        """The day on which it ends, counted from its first issue."""
        return self.issued_day + LIFE_DAYS


def written(proof: Proof, key: bytes, group: str) -> str:
    """Write the cookie's value."""
    packed = urlsafe_b64encode(UUID(proof.visitor).bytes).decode().rstrip("=")
    said = f"1.{packed}.{proof.issued_day}-{proof.sent_day - proof.issued_day}"
    return f"{said}.{_mac(said, key, group)}"


def read(value: str, keys: Sequence[bytes], group: str, *, today: int) -> Proof | None:
    """Read a value that one of the keys wrote and whose days are not over; None for any other."""
    form = _FORM.fullmatch(value)
    if form is None:
        return None
    packed, issued, later, mac = form.groups()
    said = value.rpartition(".")[0]
    # Every key is tried, so that how long it takes says nothing of which one was right.
    if not any([hmac.compare_digest(_mac(said, key, group), mac) for key in keys]):  # noqa: C419
        return None
    proof = Proof(
        visitor=str(UUID(bytes=urlsafe_b64decode(packed + "=="))),
        issued_day=int(issued),
        sent_day=int(issued) + int(later),
    )
    # A day of grace: clocks of two environments may stand on two sides of midnight.
    return proof if proof.issued_day <= today + 1 and today < proof.last_day else None


def _mac(said: str, key: bytes, group: str) -> str:
    digest = hmac.digest(key, f"{group}\0{said}".encode(), sha256)
    return urlsafe_b64encode(digest[:16]).decode().rstrip("=")
