"""Whether requests reach the collector at all; until they do, nothing else is worth saying."""

from collections.abc import Iterator
from urllib.parse import urlsplit

from local.doctor.examination import Examined
from local.doctor.finding import Finding


def the_way(seen: Examined) -> Iterator[Finding]:
    """Follow a GET and a POST to the collector."""
    yield _redirects(seen)
    yield _health(seen)
    if not seen.visit.arrived and seen.health.document() == {"success": True}:
        yield Finding(
            "POST",
            "fail",
            f"a GET reaches Headwater, a POST is answered {seen.visit.status} by something else",
            f"let the proxy pass every method (POST, OPTIONS too) under {seen.site.prefix}/*",
        )


def _redirects(seen: Examined) -> Finding:
    for answer in (seen.health, seen.visit):
        if 300 <= answer.status < 400:
            to = urlsplit(answer.headers.get("location", "")).netloc or "another path"
            return Finding(
                "same host",
                "fail",
                f"{seen.site.prefix}/* is redirected to {to}",
                "proxy the path (rewrite), do not redirect it: a redirected page is not first-party, "
                "and a redirected POST loses its body",
            )
    return Finding("same host", "ok", f"{seen.site.root} answers itself, no redirect")


def _health(seen: Examined) -> Finding:
    if seen.health.document().get("success") is True:
        return Finding("route", "ok", f"{seen.site.prefix}/v1/health reaches Headwater")
    if seen.health.status == 403 and seen.health.document().get("code") == "not_from_edge":
        return Finding(
            "route",
            "fail",
            "the collector refuses the proxy: the origin secret is missing or wrong",
            "add the header x-origin-secret to what the proxy sends, with the secret whose SHA-256 "
            "the deployment has (OriginSecretSha256)",
        )
    kind = seen.health.headers.get("content-type", "nothing").partition(";")[0]
    return Finding(
        "route",
        "fail",
        f"{seen.site.prefix}/v1/health is answered {seen.health.status} with {kind}, not by Headwater",
        f"send {seen.site.prefix}/* to the API's address (ApiEndpoint of the stack), before the rule "
        "that serves the site's own pages",
    )
