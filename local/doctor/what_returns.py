"""What must reach the browser as the collector answered it, and when."""

from statistics import median

from local.doctor.examination import Examined
from local.doctor.finding import Finding

_SLOW_SECONDS = 0.8


def cache(seen: Examined) -> Finding:
    """Tell whether an answer is kept for somebody else."""
    same = seen.visit.arrived.get("requestId") == seen.again.arrived.get("requestId")
    kept = "no-store" not in seen.visit.headers.get("cache-control", "")
    if not same and not kept and "age" not in seen.visit.headers:
        return Finding("cache", "ok", "answers are not cached")
    return Finding(
        "cache",
        "fail",
        "answers are cached"
        if same or "age" in seen.visit.headers
        else "Cache-Control is rewritten",
        "turn caching off under the prefix (but for tag.js): a cached Set-Cookie would give one "
        "visitor's id to everybody",
    )


def tag(seen: Examined) -> Finding:
    """Tell whether the tag comes as a script should."""
    kind = seen.tag.headers.get("content-type", "")
    if seen.tag.status != 200 or "javascript" not in kind:
        return Finding(
            "tag.js",
            "fail",
            f"tag.js is answered {seen.tag.status} as {kind.partition(';')[0] or 'nothing'}",
            f"let {seen.site.prefix}/tag.js through to the collector, before the rule for the site's "
            "own scripts",
        )
    if seen.tag.cookies:
        return Finding(
            "tag.js",
            "fail",
            "tag.js comes with Set-Cookie, and may be cached with it",
            "do not add cookies to scripts under the prefix",
        )
    if "max-age" not in seen.tag.headers.get("cache-control", ""):
        return Finding(
            "tag.js",
            "warn",
            "tag.js is not cached by browsers",
            "let the collector's Cache-Control pass for scripts",
        )
    if not seen.tag.headers.get("content-encoding"):
        return Finding(
            "tag.js",
            "warn",
            "tag.js comes uncompressed",
            "forward Accept-Encoding for scripts, or compress them in the proxy",
        )
    return Finding("tag.js", "ok", "the tag is a script, cached, compressed, and sets no cookie")


def latency(seen: Examined) -> Finding:
    """Tell whether an answer keeps a page waiting."""
    seconds = median(answer.seconds for answer in (seen.health, seen.again, seen.preflight))
    if seconds <= _SLOW_SECONDS:
        return Finding("latency", "ok", f"an answer takes {seconds * 1000:.0f} ms")
    return Finding(
        "latency",
        "warn",
        f"an answer takes {seconds * 1000:.0f} ms",
        "deploy nearer to your visitors, or start the collector from a snapshot (CollectorSnapStart)",
    )
