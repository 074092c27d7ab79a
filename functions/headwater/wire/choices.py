"""A person's choice, made on the site's own pages: opt out and in, consent, and being forgotten.

The server sets the cookies, so that the choice outlives what scripts may keep, and only for the
site's own pages: a foreign page can neither take an opt-out back nor plant one.
"""

from dataclasses import replace
from typing import Any

from headwater.outcomes import RefuseCode, Refused
from headwater.wire import cors, replies, signals
from headwater.wire.compression import inflate
from headwater.wire.replies import Reply
from headwater.wire.request import Request
from headwater.wire.routes import Consent, OptOut, Reset
from headwater.wire.strict_json import parse_json
from headwater.wire.visitor import cookie, forgotten
from headwater.workspace import Workspace

Choice = OptOut | Consent | Reset

MAX_BODY_BYTES = 16 * 1024
# 400 days, the longest that browsers keep a cookie: a choice should not have to be repeated.
OPT_OUT_SECONDS = 34_560_000
CONSENT_SECONDS = 395 * 86_400

_NOT_THE_SITES = Refused(
    RefuseCode.FOREIGN_PAGE, "a choice is made on a page of the site: see origins in the workspace"
)
_FORMS = {
    OptOut: 'send {"optOut": true} or {"optOut": false}',
    Consent: 'send {"consent": {"categoryPreferences": {"Analytics": true}}}',
}


def chosen(choice: Choice, request: Request, workspace: Workspace) -> Reply | Refused:
    """Answer a choice with the cookies that keep it, or say why it is none."""
    if not own_page(request, workspace):
        return _NOT_THE_SITES
    forget = forgotten(workspace.cookies)
    if isinstance(choice, Reset):
        return replace(replies.TAKEN, cookies=forget)
    plain = inflate(request.body, max_bytes=MAX_BODY_BYTES)
    body = plain if isinstance(plain, Refused) else parse_json(plain)
    if isinstance(body, Refused):
        return body
    said = body if isinstance(body, dict) else {}
    kept = _opt_out(said, workspace) if isinstance(choice, OptOut) else _consent(said, workspace)
    if kept is None:
        return Refused(RefuseCode.INVALID_BODY, _FORMS[type(choice)])
    return replace(replies.TAKEN, cookies=kept)


def own_page(request: Request, workspace: Workspace) -> bool:
    """Tell whether a page of the site sent this: only then may an answer set a cookie."""
    where = request.headers.get("sec-fetch-site")
    if request.origin is not None:
        return where != "cross-site" and cors.permitted(request.origin, workspace)
    return where in ("same-origin", "same-site")


def _opt_out(said: dict[str, Any], workspace: Workspace) -> tuple[str, ...] | None:
    policy = workspace.cookies
    match said.get("optOut"):
        case True:
            out = cookie(signals.OPT_OUT, "1", policy, seconds=OPT_OUT_SECONDS)
            return (out, *forgotten(policy))
        case False:
            return (cookie(signals.OPT_OUT, "", policy, seconds=0),)
        case _:
            return None


def _consent(said: dict[str, Any], workspace: Workspace) -> tuple[str, ...] | None:
    policy, consent = workspace.cookies, said.get("consent")
    preferences = signals.preferences(
        consent.get("categoryPreferences") if isinstance(consent, dict) else None
    )
    value = None if preferences is None else signals.consent_value(preferences)
    if preferences is None or value is None:
        return None
    recorded = cookie(signals.CONSENT, value, policy, seconds=CONSENT_SECONDS)
    # A no takes back what a yes, or silence, had let us keep.
    if preferences.get(workspace.privacy.analytics_category, True):
        return (recorded,)
    return (recorded, *forgotten(policy))
