"""What must reach the collector as the client sent it."""

from hashlib import sha256
from urllib.parse import urlsplit

from local.doctor.examination import Examined
from local.doctor.finding import Finding


def scheme(seen: Examined) -> Finding:
    """Tell whether cookies can be Secure."""
    loopback = urlsplit(seen.site.root).hostname in ("127.0.0.1", "localhost")
    if seen.site.root.startswith("https://") or loopback:
        return Finding("https", "ok", "cookies can be Secure")
    return Finding(
        "https",
        "fail",
        "the site is asked over plain http: Secure cookies are not kept",
        "serve the site over https",
    )


def body(seen: Examined) -> Finding:
    """Tell whether a compressed body comes through untouched."""
    if seen.visit.arrived.get("bodySha256") == sha256(seen.body).hexdigest():
        return Finding("body", "ok", "a gzipped body arrives byte for byte")
    return Finding(
        "body",
        "fail",
        f"{len(seen.body)} bytes were sent, {seen.visit.arrived.get('bodyBytes')} others arrived",
        "turn off request rewriting in the proxy: bodies must pass as they are, gzip too",
    )


def query(seen: Examined) -> Finding:
    """Tell whether the query string does."""
    if seen.visit.arrived.get("querySha256") == sha256(seen.query.encode()).hexdigest():
        return Finding("query", "ok", "the query string arrives as it was sent")
    return Finding(
        "query",
        "fail",
        "the query string is dropped or rewritten",
        "forward all query strings; keys of some clients and the pixel travel there",
    )


def authorization(seen: Examined) -> Finding:
    """Tell whether the write key's header does."""
    if "authorization" in seen.visit.arrived.get("headers", ()):
        return Finding("Authorization", "ok", "the write key's header arrives")
    return Finding(
        "Authorization",
        "fail",
        "the Authorization header is dropped",
        "forward it: Segment's SDKs send the write key there (CloudFront: put Authorization into the "
        "cache policy; nginx: proxy_set_header Authorization $http_authorization)",
    )


def preflight(seen: Examined) -> Finding:
    """Tell whether a browser is permitted to send."""
    allowed = seen.preflight.headers.get("access-control-allow-origin")
    if seen.preflight.status in (200, 204) and allowed == seen.site.origin:
        return Finding("OPTIONS", "ok", "preflights are answered for this origin")
    return Finding(
        "OPTIONS",
        "fail",
        f"a preflight is answered {seen.preflight.status} without permission for this origin",
        "pass OPTIONS through to the collector, and list the origin in the workspace",
    )


def gpc(seen: Examined) -> Finding:
    """Tell whether a person's choice is heard."""
    if seen.visit.arrived.get("gpc") and "dnt" in seen.visit.arrived.get("headers", ()):
        return Finding("choice", "ok", "Sec-GPC and DNT arrive, so a person's choice is honoured")
    return Finding(
        "choice",
        "fail",
        "Sec-GPC or DNT is dropped: people who object would be counted as if they had not",
        "forward the request headers Sec-GPC and DNT",
    )


def origin(seen: Examined) -> Finding:
    """Tell whether the page is known to be the site's."""
    if "origin" not in seen.visit.arrived.get("headers", ()):
        return Finding(
            "Origin",
            "fail",
            "the Origin header is dropped: no page may hold our cookies",
            "forward the request header Origin",
        )
    if not seen.visit.arrived.get("originPermitted"):
        return Finding(
            "Origin",
            "fail",
            f"{seen.site.origin} is not listed as an origin of any source",
            f'add it to the browser source of the workspace: origins = ["{seen.site.origin}"]',
        )
    return Finding("Origin", "ok", f"{seen.site.origin} may read answers and hold cookies")
