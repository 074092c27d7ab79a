"""What of a request arrives here: asked by `make doctor`, to find what a proxy on the way does to it.

It says that something arrived and never what: header names that matter, counts, and digests of bytes
that the asker sent itself. Nothing is stored, and no text of the request comes back.
"""

from hashlib import sha256
from ipaddress import ip_address
from typing import Any

from headwater.wire import cookies, cors
from headwater.wire.replies import Reply, document
from headwater.wire.request import Request
from headwater.workspace import Workspace

# Those on which a decision, a key or an enrichment depends.
_HEADERS = (
    "authorization",
    "content-encoding",
    "dnt",
    "origin",
    "sec-ch-ua",
    "sec-fetch-site",
    "sec-gpc",
    "user-agent",
    "x-forwarded-for",
)
# Whether a cookie survives the way back; it is gone after a minute and nothing reads it.
TRIAL_COOKIE = "hw_doctor"


def arrival(request: Request, workspace: Workspace) -> Reply:
    """Answer with what arrived, and with a cookie that should reach the asker."""
    known = [name for name in cookies.NAMES if cookies.value_of(name, request.cookies) is not None]
    arrived: dict[str, Any] = {
        "requestId": request.id,
        "method": request.method,
        "prefix": bool(workspace.prefix) and request.path.startswith(workspace.prefix + "/"),
        "querySha256": sha256(request.query.encode()).hexdigest() if request.query else None,
        "bodyBytes": len(request.body),
        "bodySha256": sha256(request.body).hexdigest(),
        "headers": [name for name in _HEADERS if name in request.headers],
        "gpc": request.headers.get("sec-gpc") == "1",
        "originPermitted": cors.permitted(request.origin, workspace),
        "cookies": known,
        "otherCookies": len(request.cookies) - len(known),
        "address": _address(request.address),
        "edge": bool(workspace.edge.secret_sha256),
    }
    reply = document({"success": True, "arrived": arrived})
    return reply.with_headers(
        {"set-cookie": f"{TRIAL_COOKIE}=1; Path=/; Max-Age=60; HttpOnly; SameSite=Lax"}
    )


def _address(address: str | None) -> dict[str, Any] | None:
    if address is None:
        return None
    try:
        public = ip_address(address).is_global
    except ValueError:
        return None
    return {"sha256": sha256(address.encode()).hexdigest(), "public": public}
