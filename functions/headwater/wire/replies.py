"""What a client is answered: the exact statuses and bodies that make no client resend or give up.

Design 5; the reference's 5.1 and 5.3 say what each client does with each status. The short form:
success is exactly 200 with a JSON object; a permanent fault on an upload route is 400, since some
mobile clients retry anything else for ever; an error body has `code` and `message`, since old Python
clients raise without them and retry; Ruby reads `error`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import orjson

from headwater.outcomes import RefuseCode, Refused, Rejected

_HEADERS: Mapping[str, str] = {
    "content-type": "application/json",
    # The collector shares the site's own origin: nothing it says may be cached, sniffed or run.
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
}

# The statuses that differ from "400: permanent, do not come back".
_STATUS: Mapping[RefuseCode, int] = {
    RefuseCode.SERVER_KEY_IN_BROWSER: 403,
    RefuseCode.NOT_FROM_EDGE: 403,
    RefuseCode.FOREIGN_PAGE: 403,
    RefuseCode.NOT_FOUND: 404,
    RefuseCode.METHOD_NOT_ALLOWED: 405,
    RefuseCode.OVERLOADED: 429,
    RefuseCode.UNAVAILABLE: 503,
}


@dataclass(frozen=True, slots=True)
class Reply:
    """An HTTP answer; `binary` says that the body is not text, `cookies` are `Set-Cookie` values."""

    status: int
    body: bytes
    headers: Mapping[str, str] = field(default_factory=lambda: _HEADERS)
    binary: bool = False
    cookies: tuple[str, ...] = field(default=(), repr=False)

    def with_headers(self, headers: Mapping[str, str]) -> "Reply":
        """Return the same answer with more headers."""
        merged = {**self.headers, **headers}
        return Reply(self.status, self.body, merged, self.binary, self.cookies)

    def with_cookies(self, cookies: tuple[str, ...]) -> "Reply":
        """Return the same answer with cookies to set."""
        return replace(self, cookies=cookies) if cookies else self


def document(content: Mapping[str, Any]) -> Reply:
    """Answer with a JSON document."""
    return Reply(200, orjson.dumps(content))


TAKEN = document({"success": True})


def receipt(events: int, rejected: Sequence[tuple[int, Rejected]], *, single: bool) -> Reply:
    """Answer what was committed: success for a single event or a batch of which any was taken.

    A batch is told which of its events were not. `rejected` pairs an event's place with its fault.
    """
    if single:
        return _event_rejected(rejected[0][1]) if rejected else TAKEN
    if len(rejected) == events:
        return _error(
            400,
            RefuseCode.NOTHING_ACCEPTED,
            f"none of the {events} events could be accepted",
            accepted=0,
            rejected=_receipts(rejected),
        )
    taken = {"success": True, "accepted": events - len(rejected), "rejected": _receipts(rejected)}
    return document(taken)


def _event_rejected(fault: Rejected) -> Reply:
    return _error(400, fault.code, f"{fault.path}: {fault.message}")


def refused(refusal: Refused) -> Reply:
    """Answer a request that cannot be taken as a whole; a passing fault says when to come back."""
    reply = _error(_STATUS.get(refusal.code, 400), refusal.code, refusal.message)
    if refusal.retry_after_seconds is None:
        return reply
    # analytics.js up to 1.83 reads only the second, later ones only the first.
    seconds = str(refusal.retry_after_seconds)
    return reply.with_headers({"retry-after": seconds, "x-ratelimit-reset": seconds})


def _error(status: int, code: str, message: str, **more: Any) -> Reply:
    envelope = {"success": False, "code": code, "message": message, "error": message}
    return Reply(status, orjson.dumps(envelope | more))


def _receipts(rejected: Sequence[tuple[int, Rejected]]) -> list[Mapping[str, Any]]:
    return [
        {
            "index": index,
            "messageId": _message_id(fault.original),
            "code": fault.code,
            "message": f"{fault.path}: {fault.message}",
        }
        for index, fault in rejected
    ]


def _message_id(original: Any) -> str | None:
    found = original.get("messageId") if isinstance(original, dict) else None
    return found[:100] if isinstance(found, str) else None
