"""What Meta's Graph API means by its errors: the code in the body, not the status, tells.

Source: developers.facebook.com/docs/graph-api/guides/error-handling and the Conversions API's "Error
codes", read 2026-11-23; rudder-transformer's facebookUtils/networkHandler.js, read 2026-11-28.
"""

from headwater.destination.answer import said
from headwater.destination.result import Result, by_status, excerpt
from headwater.outcomes import Verdict
from headwater.ports import HttpResponse

GRAPH = "https://graph.facebook.com/v24.0"

_TRANSIENT = {1, 2, 368, 5000}
_LIMITED = {4, 17, 32, 341, 613, 80003, 80004}
# An expired or withdrawn token, a missing permission.
_KEY = {3, 10, 102, 190, 200}
# A pixel or dataset that is not there, or not for this token: nothing the event could help.
_NOT_SHOWN = (100, 33)


def by_graph_error(response: HttpResponse) -> Result:
    """Read an answer of the Graph API; anything without its error object by the status."""
    if 200 <= response.status < 300:
        return Result(Verdict.OK)
    try:
        error = said(response)["error"]
        code, transient = int(error["code"]), error.get("is_transient") is True
        place = (code, error.get("error_subcode"))
    except (AttributeError, KeyError, TypeError, ValueError):
        return by_status(response)
    reason, detail = f"graph_{code}", excerpt(response)
    if code in _KEY or place == _NOT_SHOWN:
        return Result(Verdict.AUTH, reason, detail)
    if code in _LIMITED:
        return Result(Verdict.THROTTLE, reason, detail)
    if code in _TRANSIENT or transient:
        return Result(Verdict.RETRY, reason, detail)
    return by_status(response)
