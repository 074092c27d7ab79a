"""A user token: a JWT with which the site's own server says who is signed in on this page.

One algorithm, fixed here and never taken from the token, and a bound before anything is parsed: that
is all of RFC 7519 we use, forty lines over the standard library's HMAC, on a path where an imported
library would be paid for at every cold start. HS256 as in RFC 7515, section 3.5 of RFC 8725 obeyed.
"""

import binascii
import hmac
from base64 import urlsafe_b64decode
from collections.abc import Iterable
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

import orjson

MAX_TOKEN_CHARACTERS = 4_096
# A token is shown to a browser, so it may be copied from one: it must die within a day.
MAX_LIFE = timedelta(hours=24)
LEEWAY = timedelta(seconds=60)
# RFC 7518, 3.2: an HS256 key is at least as long as its hash.
MIN_KEY_BYTES = 32


def proves(
    token: object,
    *,
    keys: Iterable[bytes],
    user_id: str,
    anonymous_id: str | None,
    source_id: str,
    now: datetime,
) -> bool:
    """Tell whether the token, signed with one of the keys, says that this user is at this source.

    It says so when `sub` is the user, `aud` the source, `exp` not past and at most a day away, and
    `aid`, where it is present, the device. Several keys are for the days of a rotation.
    """
    if not isinstance(token, str) or len(token) > MAX_TOKEN_CHARACTERS or token.count(".") != 2:
        return False
    signed, _, signature = token.rpartition(".")
    header, _, payload = signed.partition(".")
    if not _signed_by(signed, _decoded(signature), keys):
        return False
    head, claims = _object(header), _object(payload)
    if head.get("alg") != "HS256" or "crit" in head:
        return False
    audience = claims.get("aud")
    return (
        claims.get("sub") == user_id
        and (audience == source_id or (isinstance(audience, list) and source_id in audience))
        and _in_time(claims, now)
        and ("aid" not in claims or (claims["aid"] is not None and claims["aid"] == anonymous_id))
    )


def _signed_by(signed: str, signature: bytes, keys: Iterable[bytes]) -> bool:
    content = signed.encode("utf-8", "surrogatepass")
    matches = [
        hmac.compare_digest(hmac.digest(key, content, sha256), signature)
        for key in keys
        if len(key) >= MIN_KEY_BYTES
    ]
    return any(matches)


def _in_time(claims: dict[str, Any], now: datetime) -> bool:
    expires, begins = _time(claims.get("exp")), _time(claims.get("nbf", 0))
    if expires is None or begins is None:
        return False
    at, leeway = now.timestamp(), LEEWAY.total_seconds()
    latest = at + MAX_LIFE.total_seconds() + leeway
    return at - leeway < expires <= latest and begins <= at + leeway


def _time(value: object) -> float | None:
    """Read a NumericDate (RFC 7519, 2)."""
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None


def _object(part: str) -> dict[str, Any]:
    try:
        read = orjson.loads(_decoded(part))
    except orjson.JSONDecodeError:
        return {}
    return read if isinstance(read, dict) else {}


def _decoded(part: str) -> bytes:
    try:
        return urlsafe_b64decode(part + "=" * (-len(part) % 4))
    except (binascii.Error, ValueError):
        return b""
