"""Whom the console answers: a browser of this machine, on the console's own page, and nobody else.

Loopback alone is no lock. A page anywhere may make the browser ask (so: no cross-site request, and no
host name but loopback's, against DNS rebinding), and another user of the machine may ask as well (so: a
deployment's console has a key, which the printed address holds).
"""

import hmac
from http import HTTPStatus
from http.cookies import CookieError, SimpleCookie
from urllib.parse import parse_qs

from local.serving import Application, Reply, Request

# Scripts and styles are files of ours, and no script can make markup of a string: an event's name is text.
# https://www.w3.org/TR/CSP3/ and https://www.w3.org/TR/trusted-types/, read 2026-11-27.
POLICY = (
    "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'none'; frame-src 'none';"
    " frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
)
HEADERS = (
    ("Content-Security-Policy", POLICY),
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "no-referrer"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
    ("Permissions-Policy", "camera=(), geolocation=(), microphone=()"),
)


def guarded(application: Application, *, port: int, key: str = "") -> Application:
    """Return the application behind these rules; with a `key` it is shown once, then a cookie holds it."""
    hosts = {f"{name}:{port}" for name in ("127.0.0.1", "localhost")}
    # A host's cookies are all its ports': two stages, side by side, have one each.
    cookie = f"console-{port}"

    def answer(request: Request) -> Reply:
        if request.header("Host") not in hosts:
            return _refused(HTTPStatus.MISDIRECTED_REQUEST, "ask on 127.0.0.1")
        if request.method not in {"GET", "HEAD"}:
            return _refused(HTTPStatus.METHOD_NOT_ALLOWED, "the console only reads")
        if _from_elsewhere(request):
            return _refused(HTTPStatus.FORBIDDEN, "another site's page asks")
        if key and not _same(_cookie(request, cookie), key):
            if request.path == "/" and _same(_shown(request), key):
                return _let_in(cookie, key)
            return _refused(HTTPStatus.FORBIDDEN, "open the address that the terminal shows")
        return application(request)

    return answer


def _from_elsewhere(request: Request) -> bool:
    """Whether a page that is not ours asks; following a link to the console is nobody's attack.

    https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/Sec-Fetch-Site, read 2026-11-27.
    """
    site = request.header("Sec-Fetch-Site") or "none"
    follows_link = request.header("Sec-Fetch-Dest") == "document"
    return site not in {"same-origin", "none"} and not (follows_link and request.path == "/")


def _shown(request: Request) -> str:
    return parse_qs(request.query).get("key", [""])[0]


def _cookie(request: Request, name: str) -> str:
    try:
        morsel = SimpleCookie(request.header("Cookie") or "").get(name)
    except CookieError:
        return ""
    return morsel.value if morsel else ""


def _same(said: str, key: str) -> bool:
    return hmac.compare_digest(said.encode(), key.encode())


def _let_in(name: str, key: str) -> Reply:
    cookie = f"{name}={key}; Path=/; HttpOnly; SameSite=Strict"
    return Reply(303, (("Location", "/"), ("Set-Cookie", cookie), *HEADERS))


def _refused(status: HTTPStatus, why: str) -> Reply:
    return Reply(status, (("Content-Type", "text/plain; charset=utf-8"), *HEADERS), why.encode())
