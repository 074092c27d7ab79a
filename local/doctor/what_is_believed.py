"""Who the visitor is: cookies both ways, the address, and who may say so."""

from hashlib import sha256

from local.doctor.examination import FORGED, Examined
from local.doctor.finding import Finding


def cookies_arrive(seen: Examined) -> Finding:
    """Tell whether a visitor is recognised."""
    if "ajs_anonymous_id" in seen.visit.arrived.get("cookies", ()):
        return Finding("cookies in", "ok", "the visitor's cookie arrives")
    return Finding(
        "cookies in",
        "fail",
        "the visitor's cookie does not arrive: every page view would be a new visitor",
        "forward our cookies by name (docs/first-party.md lists them)",
    )


def cookies_return(seen: Examined) -> Finding:
    """Tell whether a visitor can be."""
    if any(cookie.startswith("hw_doctor=") for cookie in seen.visit.cookies):
        return Finding("cookies out", "ok", "Set-Cookie reaches the browser")
    return Finding(
        "cookies out",
        "fail",
        "Set-Cookie is stripped from answers: Safari would forget visitors after seven days",
        "let the proxy pass Set-Cookie on POST answers under the prefix",
    )


def session_stays(seen: Examined) -> Finding:
    """Tell whether the site's own cookies stay out of it."""
    others = seen.visit.arrived.get("otherCookies", 0)
    if not others:
        return Finding("session", "ok", "the site's own cookies stay with the site")
    return Finding(
        "session",
        "warn",
        f"{others} cookie of the site's own reaches the collector",
        "forward our cookies only: a log-in session is none of the collector's business",
    )


def address(seen: Examined) -> Finding:
    """Tell whose word about the visitor's address is taken."""
    address = seen.visit.arrived.get("address") or {}
    if address.get("sha256") == sha256(FORGED.encode()).hexdigest():
        return Finding(
            "address",
            "fail",
            "a forged visitor address is believed",
            "let the proxy overwrite CloudFront-Viewer-Address and x-origin-secret with its own "
            "values instead of passing on what the client sent",
        )
    if not seen.visit.arrived.get("edge"):
        return Finding(
            "address",
            "warn",
            "no origin secret is set: the visitor's address and place are not believed, and the API "
            "answers anybody directly",
            "set one with `make first-party`, or x-origin-secret in your proxy (docs/first-party.md)",
        )
    return Finding("address", "ok", "the visitor's address comes from the edge, forged ones do not")


def direct_door(seen: Examined) -> Finding:
    """Tell whether the API can be reached around the site."""
    if seen.direct is None or seen.direct.status == 403:
        return Finding("side door", "ok", "the API answers through the site only")
    return Finding(
        "side door",
        "fail" if seen.visit.arrived.get("edge") else "warn",
        f"the API's own address answers {seen.direct.status} without the origin secret",
        "set OriginSecretSha256 in the deployment and the secret in the proxy",
    )
