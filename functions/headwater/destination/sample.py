"""A share of the people: all events of one of them go, or none."""

from collections.abc import Callable
from hashlib import blake2b

from headwater.record import StoredEvent

_WHOLE = 2**64


def sampler(share: float, *, destination_id: str) -> Callable[[StoredEvent], bool]:
    """Return what says whether an event is in the share (0 to 1).

    The device decides, else the user, else (a cookieless visitor) the event: the same answer each
    time, on every machine. The destination's id is part of it, or the same people would always be left out.
    """
    limit = round(share * _WHOLE)
    salt = blake2b(destination_id.encode(), digest_size=16).digest()

    def sampled(event: StoredEvent) -> bool:
        who = event.identity.anonymous_id or event.identity.user_id or event.message_id
        digest = blake2b(who.encode("utf-8", "surrogatepass"), digest_size=8, salt=salt).digest()
        return int.from_bytes(digest) < limit

    return sampled
