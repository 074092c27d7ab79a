"""Under which host the collector is reached by the page that asks: the site's own, from the workspace.

Request headers only choose among the listed origins, so a forged one changes nothing; behind a CDN
the Host header names the API and not the site. A loopback origin listed with `*` takes the request's
port (design 13).
"""

from urllib.parse import urlsplit

from headwater.wire import cors
from headwater.wire.request import Request
from headwater.workspace import Workspace


def site_of(request: Request, workspace: Workspace) -> str | None:
    """Return the origin (scheme and host) of the site, or None where the workspace lists none."""
    host = request.headers.get("host", "")
    claims = (
        f"http://{host}",
        f"https://{host}",
        request.origin,
        _origin_of(request.headers.get("referer", "")),
    )
    claimed = next((claim for claim in claims if cors.permitted(claim, workspace)), None)
    listed = (
        origin
        for source in workspace.sources
        for origin in source.origins
        if not origin.endswith(":*")
    )
    return claimed or next(listed, None)


def _origin_of(address: str) -> str | None:
    try:
        parts = urlsplit(address)
    except ValueError:
        return None
    return f"{parts.scheme}://{parts.netloc}" if parts.netloc else None
