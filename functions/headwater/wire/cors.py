"""Which pages may read our answers: the workspace's origins exactly, and loopback on any port.

An unlisted origin gets no permission and is not refused either: its events count as taken (design 5).
Credentials are allowed with the echoed origin only, never with `*`. Fetch standard, CORS protocol.
"""

import re
from collections.abc import Mapping

from headwater.wire.replies import Reply
from headwater.wire.request import Request
from headwater.workspace import Workspace

_LOOPBACK = re.compile(r"(http://(?:localhost|127\.0\.0\.1))(?::\d{1,5})?")
# The list of request headers is open-ended: SDKs and their users add their own.
_HEADER_NAMES = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+(?: *, *[A-Za-z0-9!#$%&'*+.^_`|~-]+){0,63}")
_MAX_HEADER_NAMES_CHARACTERS = 2_048


def permitted(origin: str | None, workspace: Workspace) -> bool:
    """Say whether a page of this origin may read answers and hold cookies."""
    if origin is None:
        return False
    loopback = _LOOPBACK.fullmatch(origin)
    if loopback is not None and f"{loopback[1]}:*" in workspace.origins:
        return True
    return origin in workspace.origins and not origin.endswith(":*")


def permit(reply: Reply, request: Request, workspace: Workspace) -> Reply:
    """Return the answer with what lets the asking page read it, if it may."""
    return reply.with_headers({**_headers(request, workspace), **reply.headers})


def _headers(request: Request, workspace: Workspace) -> Mapping[str, str]:
    if request.origin is None or not permitted(request.origin, workspace):
        return {"vary": "Origin"}
    return {
        "vary": "Origin",
        "access-control-allow-origin": request.origin,
        "access-control-allow-credentials": "true",
        "access-control-expose-headers": "Retry-After, X-RateLimit-Reset",
    }


def preflight(request: Request, workspace: Workspace) -> Reply:
    """Answer a preflight; without permission it is the same empty answer and the browser stops."""
    if not permitted(request.origin, workspace):
        return Reply(204, b"").with_headers({"vary": "Origin"})
    asked = request.headers.get("access-control-request-headers", "").strip()
    allowed = {
        "vary": "Origin, Access-Control-Request-Headers",
        "access-control-allow-methods": "GET, POST, OPTIONS",
        # Chromium keeps a preflight two hours at most.
        "access-control-max-age": "7200",
    }
    if len(asked) <= _MAX_HEADER_NAMES_CHARACTERS and _HEADER_NAMES.fullmatch(asked):
        allowed["access-control-allow-headers"] = asked
    return Reply(204, b"").with_headers(allowed)
