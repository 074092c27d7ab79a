"""Events in the address of an image, for mails and pages without scripts.

Segment: `data` holds the message as base64 JSON (either alphabet, padding optional), or plain
parameters with dots for nesting; the answer is always 200 with a transparent 1×1 GIF, also on error.
Docs: Segment's pixel tracking API, read 2025-11-07. RudderStack and Jitsu use the same forms.
"""

import base64
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from headwater.outcomes import RefuseCode, Refused
from headwater.wire.batches import MAX_EVENT_DEPTH
from headwater.wire.query import fields
from headwater.wire.replies import Reply
from headwater.wire.strict_json import POLLUTING_KEY, parse_json

GIF = Reply(
    200,
    base64.b64decode("R0lGODlhAQABAIAAAP///wAAACH5BAEAAAAALAAAAAABAAEAAAICRAEAOw=="),
    binary=True,
).with_headers({"content-type": "image/gif"})

_ANY_ALPHABET = str.maketrans("-_ ", "+/+")


def reply(told: Reply) -> Reply:
    """Answer with the image whatever became of the event; a passing fault alone keeps its status."""
    return replace(GIF, status=told.status) if "retry-after" in told.headers else GIF


def message_of(query: str) -> dict[str, Any] | Refused:
    """Read the message out of the query; an unreadable one says why, though nobody is told.

    Plain parameters beside `data` fill in what its message does not say, as Jitsu's pixel does.
    """
    plain = dict(fields(query))
    encoded = plain.pop("data", None)
    if encoded is None:
        return _nested(plain)
    try:
        message = parse_json(base64.b64decode(_padded(encoded), validate=True))
    except ValueError:
        return Refused(RefuseCode.INVALID_BODY, "data is not base64")
    if isinstance(message, Refused):
        return message
    if not isinstance(message, dict):
        return Refused(RefuseCode.INVALID_BODY, "data is not a JSON object")
    return {**_nested(plain), **message}


def _padded(encoded: str) -> bytes:
    # A `+` of the plain alphabet arrives as a space when it was not percent-encoded.
    plain = encoded.strip().translate(_ANY_ALPHABET).rstrip("=")
    return (plain + "=" * (-len(plain) % 4)).encode()


def _nested(query: Mapping[str, str]) -> dict[str, Any]:
    # `properties.subject=Hi` is {"properties": {"subject": "Hi"}}; of two that clash the first stays.
    message: dict[str, Any] = {}
    for path, value in query.items():
        *parents, name = path.split(".")
        if len(parents) >= MAX_EVENT_DEPTH or POLLUTING_KEY in (*parents, name):
            continue
        place = message
        for parent in parents:
            inner = place.setdefault(parent, {})
            place = inner if isinstance(inner, dict) else {}
        place.setdefault(name, value)
    return message
