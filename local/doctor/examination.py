"""All that is asked of a site, once, for the checks to read."""

import gzip
from dataclasses import dataclass
from uuid import uuid4

from local.doctor.asking import Answer, Site, UnreachableError

# A network for documentation (RFC 5737): nobody is called that, so whoever is was believed.
FORGED = "203.0.113.77"


@dataclass(frozen=True, slots=True)
class Examined:
    """The answers that the checks read; each was asked for once."""

    site: Site
    health: Answer
    visit: Answer  # a POST as our tag sends it
    again: Answer  # the same once more
    tag: Answer
    preflight: Answer
    query: str
    body: bytes
    direct: Answer | None = None


_QUERY = "writeKey=doctor&a=b%20c"


def examine(site: Site, *, api: str | None = None) -> Examined:
    """Ask all that the checks need; raises `UnreachableError` when the site does not answer at all."""
    body = gzip.compress(b'{"doctor": "\xc3\xbc"}', mtime=0)
    headers = {
        "Origin": site.origin,
        "Content-Type": "text/plain",
        "Content-Encoding": "gzip",
        "Authorization": "Basic ZG9jdG9yOg==",
        "Sec-GPC": "1",
        "DNT": "1",
        "Sec-Fetch-Site": "same-origin",
        "Cookie": f"ajs_anonymous_id={uuid4()}; hw_doctor_session=the-sites-own",
        "X-Forwarded-For": FORGED,
        "CloudFront-Viewer-Address": f"{FORGED}:443",
        "X-Origin-Secret": "forged",
    }
    path = f"/v1/doctor?{_QUERY}"
    preflight = {
        "Origin": site.origin,
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "content-type,authorization",
    }
    return Examined(
        site,
        health=site.ask("GET", "/v1/health"),
        visit=site.ask("POST", path, headers, body),
        again=site.ask("POST", path, headers, body),
        tag=site.ask("GET", "/tag.js", {"Accept-Encoding": "br, gzip", "Cookie": "ajs_user_id=x"}),
        preflight=site.ask("OPTIONS", "/v1/batch", preflight),
        query=_QUERY,
        body=body,
        direct=_direct(site, api) if api else None,
    )


def _direct(site: Site, api: str) -> Answer | None:
    try:
        return site.ask_url(f"{api.rstrip('/')}/v1/doctor", "POST", {"Origin": site.origin}, b"{}")
    except UnreachableError:
        return None  # as closed as can be
