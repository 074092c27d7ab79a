"""The story of a request over HTTP: authenticate → read → write down → answer. For servers only.

The answer says the same of somebody who is known and of somebody who is not, after the same work: nobody
is looked up here (threat T29 of the privacy reference). The eraser takes the request from the bucket.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

import orjson

from headwater.erasure.kinds import REGULATIONS, Kind
from headwater.erasure.ledger import RECEIPTS, REQUESTS, Job, a_job
from headwater.erasure.person import IdKind
from headwater.ids import usable_id
from headwater.outcomes import RefuseCode, Refused
from headwater.ports import ObjectStore
from headwater.record import to_iso
from headwater.wire import replies
from headwater.wire.keys import authenticate
from headwater.wire.replies import Reply
from headwater.wire.request import Request
from headwater.workspace import Workspace

PATH = "/v1/privacy/requests"
MAX_BODY_BYTES = 65_536
MAX_SUBJECTS = 100
_ID = re.compile(r"[0-9a-f]{32}")

type Asked = tuple[Kind, tuple[tuple[IdKind, str], ...]]


def answer_privacy(
    request: Request,
    *,
    workspace: Workspace,
    store: ObjectStore,
    now: datetime,
    random_bytes: Callable[[int], bytes],
) -> Reply:
    """Answer `POST /v1/privacy/requests` and `GET /v1/privacy/requests/{id}`.

    401 without a key that is known, 403 with a browser's. A POST is answered with the requests' ids: one
    a subject, random, and all that is ever needed to ask how far it is.
    """
    source = authenticate(request, None, workspace)
    if isinstance(source, Refused):
        status = 403 if source.code is RefuseCode.SERVER_KEY_IN_BROWSER else 401
        return replace(replies.refused(source), status=status)
    if source.kind != "server":
        refusal = Refused(RefuseCode.UNKNOWN_WRITE_KEY, "this takes a server's key")
        return replace(replies.refused(refusal), status=403)
    if request.method == "GET":
        return _status(request.path.rpartition("/")[2], store)
    asked = read(request.body)
    if isinstance(asked, Refused):
        return replies.refused(asked)
    kind, subjects = asked
    ids = []
    for id_kind, id_ in subjects:
        job = a_job(
            random_bytes(16).hex(),
            kind,
            id_kind,
            id_,
            requested_at=to_iso(now),
            secret=random_bytes(32).hex(),
        )
        store.put(job.key, job.to_bytes())
        ids.append(job.id)
    return replace(replies.document({"success": True, "requests": ids}), status=202)


def read(body: bytes) -> Asked | Refused:
    """Read what is asked: `{kind, userId | anonymousId, confirm}`, or one of Segment's regulations.

    What destroys something needs `confirm: true` beside it. Segment's form names user ids only.
    """
    if len(body) > MAX_BODY_BYTES:
        return Refused(RefuseCode.BODY_TOO_LARGE, f"at most {MAX_BODY_BYTES} bytes")
    try:
        asked = orjson.loads(body)
    except orjson.JSONDecodeError:
        return Refused(RefuseCode.INVALID_JSON, "the body is no JSON")
    if not isinstance(asked, Mapping):
        return Refused(RefuseCode.INVALID_BODY, "the body is no object")
    kind = _kind(asked)
    if kind is None:
        known = ", ".join(Kind)
        return Refused(RefuseCode.INVALID_BODY, f"`kind` is one of {known}")
    subjects = _subjects(asked)
    if not subjects:
        return Refused(RefuseCode.INVALID_BODY, "name one usable `userId` or `anonymousId`")
    if len(subjects) > MAX_SUBJECTS:
        return Refused(RefuseCode.INVALID_BODY, f"at most {MAX_SUBJECTS} subjects a call")
    if kind.erases and asked.get("confirm") is not True:
        return Refused(RefuseCode.INVALID_BODY, f"{kind} destroys data: add `confirm: true`")
    return kind, subjects


def _kind(asked: Mapping[str, Any]) -> Kind | None:
    regulation, kind = asked.get("regulationType"), asked.get("kind")
    if isinstance(regulation, str):
        return REGULATIONS.get(regulation)
    return Kind(kind) if isinstance(kind, str) and kind in {each.value for each in Kind} else None


def _subjects(asked: Mapping[str, Any]) -> tuple[tuple[IdKind, str], ...]:
    """Return the subjects; none where one of them is no usable id, or where two forms are mixed."""
    given: list[tuple[IdKind, object]] = []
    if "userId" in asked:
        given.append(("user", asked["userId"]))
    if "anonymousId" in asked:
        given.append(("anonymous", asked["anonymousId"]))
    if isinstance(asked.get("subjectIds"), list) and asked.get("subjectType") == "USER_ID":
        given += [("user", each) for each in asked["subjectIds"]]
    elif len(given) > 1:
        return ()
    usable = tuple((kind, id_) for kind, each in given if (id_ := usable_id(each)) is not None)
    return usable if len(usable) == len(given) else ()


def _status(id_: str, store: ObjectStore) -> Reply:
    if _ID.fullmatch(id_):
        for prefix in (RECEIPTS, REQUESTS):
            key = f"{prefix}{id_}.json"
            if any(entry.key == key for entry in store.list(key)):
                return replies.document(_told(prefix, store.get(key)))
    return replies.refused(Refused(RefuseCode.NOT_FOUND, "there is no such request"))


def _told(prefix: str, body: bytes) -> dict[str, Any]:
    if prefix == RECEIPTS:
        receipt = orjson.loads(body)
        status = "done" if receipt["outcome"] == "done" else "refused"
        return {"id": receipt["requestId"], "status": status, "receipt": receipt}
    job = Job.from_bytes(body)
    return {
        "id": job.id,
        "status": job.status,
        "kind": job.kind,
        "requestedAt": job.requested_at,
        "secondPassDue": job.second_pass_due or None,
    }
