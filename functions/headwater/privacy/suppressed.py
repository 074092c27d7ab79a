"""Who must not be stored any more: the published list of suppressed ids, as every enforcer reads it.

One object: a mark, a key of 32 bytes, then sorted 8-byte keyed BLAKE2 hashes of ids. A hundred
thousand ids are 800 KB, read without parsing and searched in a microsecond; a stranger is taken for
one of them once in 10^14 events. The key keeps the list from being a table of known ids.
"""

import sys
from array import array
from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Literal, Self

from headwater.record import StoredEvent

Kind = Literal["user", "anonymous"]

_MARK = b"HWS1"
KEY_BYTES = 32
_HASH_BYTES = 8


@dataclass(frozen=True, slots=True)
class Suppressed:
    """The list in memory; without a key it is empty."""

    key: bytes = field(default=b"", repr=False)
    hashes: "array[int]" = field(default_factory=lambda: array("Q"), repr=False)

    def __bool__(self) -> bool:
        return bool(self.hashes)

    def __contains__(self, id_: tuple[Kind, str]) -> bool:
        """Tell whether the id is suppressed."""
        if not self.hashes:
            return False
        wanted = hashed(*id_, self.key)
        at = bisect_left(self.hashes, wanted)
        return at < len(self.hashes) and self.hashes[at] == wanted

    def anyone(self, *, users: Iterable[object], anonymous: Iterable[object]) -> bool:
        """Tell whether one of the ids is suppressed; what is no text is no id."""
        if not self.hashes:
            return False
        return any(isinstance(one, str) and ("user", one) in self for one in users) or any(
            isinstance(one, str) and ("anonymous", one) in self for one in anonymous
        )

    def concerns(self, event: StoredEvent) -> bool:
        """Tell whether a stored event is of somebody suppressed, under any id it has for them."""
        identity = event.identity
        return self.anyone(
            users=(identity.user_id, identity.previous_id, event.enrichment.get("claimedUserId")),
            anonymous=(identity.anonymous_id, identity.previous_id),
        )

    def to_bytes(self) -> bytes:
        """Write the published object."""
        return _MARK + self.key + _big_endian(self.hashes).tobytes()

    @classmethod
    def from_bytes(cls, body: bytes) -> Self:
        """Read the published object, or raise ValueError: a list that cannot be read is no empty list."""
        start = len(_MARK) + KEY_BYTES
        if not body.startswith(_MARK) or len(body) < start or (len(body) - start) % _HASH_BYTES:
            raise ValueError("this is no list of suppressed ids")
        hashes = array("Q", body[start:])
        return cls(body[len(_MARK) : start], _big_endian(hashes))

    @classmethod
    def of(cls, hashes: Iterable[int], key: bytes) -> Self:
        """Make the list of hashes in any order."""
        return cls(key, array("Q", sorted(set(hashes))))


def hashed(kind: Kind, id_: str, key: bytes) -> int:
    """Return the id's hash: a user and a device of the same name are two."""
    digest = blake2b(
        f"{kind[0]}:{id_}".encode("utf-8", "surrogatepass"), digest_size=_HASH_BYTES, key=key
    )
    return int.from_bytes(digest.digest())


def _big_endian(hashes: "array[int]") -> "array[int]":
    copy = array("Q", hashes)
    if sys.byteorder == "little":
        copy.byteswap()
    return copy
