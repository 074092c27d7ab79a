"""The story of a profile read: authenticate → find → recent events, if asked → answer. For servers only."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any
from urllib.parse import unquote

from headwater.errors import DependencyError
from headwater.identity.people import find_profile
from headwater.identity.profile import Profile
from headwater.identity.recent_events import events_wanted, recent_events
from headwater.ids import usable_id
from headwater.outcomes import RefuseCode, Refused
from headwater.ports import EventLake, Table
from headwater.wire import replies
from headwater.wire.keys import authenticate
from headwater.wire.query import fields
from headwater.wire.replies import Reply
from headwater.wire.request import Request
from headwater.workspace import Workspace

PATH = "/v1/people/"


def answer_profile(
    request: Request,
    *,
    workspace: Workspace,
    table: Table,
    lake: Callable[[], EventLake],
    now: datetime,
) -> Reply:
    """Answer `GET /v1/people/{id}`: a user id, or else an anonymous id; `?kind=` says which.

    `?events=20` adds the person's latest events, for which alone `lake` is called. 401 without a key
    that is known, 403 with a browser's, 404 for somebody nobody has seen.
    """
    source = authenticate(request, None, workspace)
    if isinstance(source, Refused):
        return replace(replies.refused(source), status=_status(source))
    if source.kind != "server":
        refusal = Refused(RefuseCode.UNKNOWN_WRITE_KEY, "people are read with a server's key")
        return replace(replies.refused(refusal), status=403)
    id_ = usable_id(unquote(request.path.partition(PATH)[2]))
    asked = fields(request.query)
    kind = asked.get("kind")
    if id_ is None or kind not in (None, "user", "device"):
        return replies.refused(
            Refused(
                RefuseCode.NOT_FOUND, "ask for /v1/people/{id}, with ?kind=user or ?kind=device"
            )
        )
    policy = workspace.identity
    profile = find_profile(id_, table, max_users_per_device=policy.max_users_per_device, kind=kind)
    if profile is None:
        return replies.refused(Refused(RefuseCode.NOT_FOUND, "nobody has this id"))
    most = events_wanted(asked.get("events"))
    events = _events(profile, lake(), now=now, most=most) if most else {}
    return replies.document(profile.to_json() | events)


def _events(profile: Profile, lake: EventLake, *, now: datetime, most: int) -> dict[str, Any]:
    """Return what the lake says; when it does not, the profile is true without it, and says so."""
    try:
        return {"events": recent_events(profile.person_id, lake, now=now, most=most)}
    except DependencyError as error:
        return {"events": None, "eventsFault": str(error)}


def _status(refusal: Refused) -> int:
    return 403 if refusal.code is RefuseCode.SERVER_KEY_IN_BROWSER else 401
