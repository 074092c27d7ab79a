"""Whose request this is: the write key, found where each client puts it.

The first place that holds a key decides, and the header comes first: Jitsu masks the key in the body,
and a body's key is copied along by relays. Reference 3.
"""

import base64
import binascii
from typing import Any

from headwater.outcomes import RefuseCode, Refused
from headwater.wire.query import fields
from headwater.wire.request import Request
from headwater.workspace import Source, Workspace

MAX_KEY_CHARACTERS = 256


def authenticate(request: Request, body: Any, workspace: Workspace) -> Source | Refused:
    """Find the source whose key the request carries.

    One source a request: keys on later events of a batch are not looked at. A server's key that
    comes from a browser is no secret any more and is refused.
    """
    presented = _presented(request, body)
    if presented is None:
        return Refused(
            RefuseCode.NO_WRITE_KEY, "send the write key: Basic, X-Write-Key or writeKey"
        )
    source = next(filter(None, map(workspace.source_of, _readings(presented))), None)
    if source is None:
        return Refused(RefuseCode.UNKNOWN_WRITE_KEY, "no source has this write key")
    if source.kind == "server" and request.from_browser:
        return Refused(
            RefuseCode.SERVER_KEY_IN_BROWSER,
            "this key belongs on a server: replace it, since it has been in a browser",
        )
    return source


def _presented(request: Request, body: Any) -> str | None:
    envelope = body if isinstance(body, dict) else {}
    batch = envelope.get("batch")
    first = batch[0] if isinstance(batch, list) and batch else None
    candidates = (
        _basic(request.headers.get("authorization", "")),
        request.headers.get("x-write-key"),
        _of_query(request.query),
        envelope.get("writeKey"),
        first.get("writeKey") if isinstance(first, dict) else None,
    )
    return next((key for key in candidates if _could_be_a_key(key)), None)


def _could_be_a_key(value: object) -> bool:
    # Bounded before it is hashed or looked up.
    return isinstance(value, str) and 0 < len(value.strip()) <= MAX_KEY_CHARACTERS


def _readings(presented: str) -> tuple[str, ...]:
    """Segment's `key:` has the key first, Jitsu's `id:secret` has it last; keys hold no colon."""
    name, colon, secret = presented.strip().partition(":")
    return tuple(filter(None, (secret, name))) if colon else (name,)


def _basic(authorization: str) -> str | None:
    scheme, _, credentials = authorization.partition(" ")
    if scheme.lower() != "basic":
        return None  # Bearer names an OAuth application; the source is still named by the body
    try:
        return base64.b64decode(credentials, validate=True).decode("utf-8")
    except (binascii.Error, ValueError):
        return None


def _of_query(query: str) -> str | None:
    found = fields(query)
    return found.get("writeKey") or found.get("writekey")
