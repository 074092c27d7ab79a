"""The shop's server: accounts, sessions, the newsletter.

- `POST /api/sign-up`, `/api/log-in`, `/api/log-out`, `/api/newsletter`, `GET /api/account`
- `GET /api/sent`: what this server has told the collector, for the demo's report
"""

import json
from collections.abc import Callable, Mapping
from http.cookies import CookieError, SimpleCookie
from typing import Any
from urllib.parse import unquote

from local.serving import Reply, Request
from local.shop.accounts import Account, Accounts, MistakeError, email_of
from local.shop.tracking import Tracking

_MAX_FORM_BYTES = 16 * 1024
_SESSION = "shop_session"


class ShopServer:
    """An application for the paths under `/api/`."""

    def __init__(self, accounts: Accounts, tracking: Tracking) -> None:
        """Take the accounts, and the voice towards the collector."""
        self._accounts = accounts
        self._tracking = tracking
        self._routes: Mapping[tuple[str, str], Callable[[Request], Reply]] = {
            ("POST", "/api/sign-up"): self._sign_up,
            ("POST", "/api/log-in"): self._log_in,
            ("POST", "/api/log-out"): self._log_out,
            ("POST", "/api/newsletter"): self._newsletter,
            ("GET", "/api/account"): self._account,
            ("GET", "/api/sent"): self._sent,
        }

    def __call__(self, request: Request) -> Reply:
        """Answer one request; a visitor's mistake is a 400 with a sentence for them."""
        route = self._routes.get((request.method, request.path))
        if route is None:
            return _json(404, {"message": "The shop's server does not know this path."})
        try:
            return route(request)
        except MistakeError as mistake:
            return _json(400, {"message": str(mistake)})

    def _sign_up(self, request: Request) -> Reply:
        account = self._accounts.sign_up(_form(request))
        anonymous_id = _cookie(request, "ajs_anonymous_id")
        self._tracking.signed_up(account, anonymous_id=anonymous_id)
        return self._welcome(account)

    def _log_in(self, request: Request) -> Reply:
        return self._welcome(self._accounts.log_in(_form(request)))

    def _log_out(self, request: Request) -> Reply:
        self._accounts.close_session(_cookie(request, _SESSION))
        return _json(200, {}, f"{_SESSION}=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0")

    def _newsletter(self, request: Request) -> Reply:
        return _json(200, {"email": email_of(_form(request))})

    def _account(self, request: Request) -> Reply:
        account = self._accounts.account_of(_cookie(request, _SESSION))
        return _json(200, {"account": account.to_json() if account else None})

    def _sent(self, request: Request) -> Reply:  # noqa: ARG002  a route takes its request
        self._tracking.flush()
        return _json(200, list(self._tracking.sent))

    def _welcome(self, account: Account) -> Reply:
        session = self._accounts.open_session(account)
        cookie = f"{_SESSION}={session}; Path=/; HttpOnly; SameSite=Lax"
        return _json(200, account.to_json(), cookie)


def _form(request: Request) -> Mapping[str, Any]:
    if len(request.body) > _MAX_FORM_BYTES:
        raise MistakeError("That is more than our form has room for.")
    try:
        form = json.loads(request.body)
    except (ValueError, RecursionError):
        form = None
    if not isinstance(form, dict):
        raise MistakeError("The form did not arrive whole. Please try again.")
    return form


def _cookie(request: Request, name: str) -> str | None:
    try:
        morsel = SimpleCookie(request.header("Cookie") or "").get(name)
    except CookieError:
        return None
    return unquote(morsel.value) if morsel else None


def _json(status: int, answer: object, cookie: str | None = None) -> Reply:
    headers = [("Content-Type", "application/json"), ("Cache-Control", "no-store")]
    if cookie:
        headers.append(("Set-Cookie", cookie))
    return Reply(status, tuple(headers), json.dumps(answer).encode())
