"""The story of a request: decode → authenticate → validate → enrich → commit → reply.

A 200 is a promise: it is written after the stream, or the spill object, has acknowledged every line
of the request, and never before (design 12).
"""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from headwater.enrichments import enrich
from headwater.events import parse
from headwater.outcomes import Dropped, RefuseCode, Refused, Rejected
from headwater.ports import ObjectStore, Stream
from headwater.privacy.redaction import redacted
from headwater.record import SourceReference, StoredEvent
from headwater.spill import CommittedTo, commit
from headwater.wire import cookies, cors, pixel, replies
from headwater.wire.acceptance import accepted
from headwater.wire.answers import answer
from headwater.wire.batches import items
from headwater.wire.compression import inflate
from headwater.wire.keys import authenticate
from headwater.wire.packing import Line, event_line, pack, rejected_line
from headwater.wire.replies import Reply
from headwater.wire.request import Received, Request
from headwater.wire.routes import Pixel, Upload, route
from headwater.wire.strict_json import parse_json
from headwater.workspace import Workspace

Outcome = StoredEvent | Rejected | Dropped


@dataclass(frozen=True, slots=True, kw_only=True)
class Collected:
    """How a request ended: the answer, and all that may be said of it in a log line."""

    reply: Reply
    source_id: str | None = None
    refused: RefuseCode | None = None
    accepted: int = 0
    dropped: int = 0
    rejected: Mapping[str, int] = field(default_factory=dict)
    failed_enrichments: Mapping[str, int] = field(default_factory=dict)
    committed_to: CommittedTo | None = None


def collect(
    request: Request,
    *,
    workspace: Workspace,
    stream: Stream,
    store: ObjectStore,
    now: datetime,
    new_id: Callable[[], str],
) -> Collected:
    """Take one request from its bytes to its answer, and let the pages of our sites read it."""
    asked = route(request.method, request.path, workspace.prefix)
    match asked:
        case Refused():
            ended = Collected(reply=replies.refused(asked), refused=asked.code)
        case Upload() | Pixel():
            ended = _take(request, asked, workspace, stream, store, now, new_id)
            if isinstance(asked, Pixel):
                ended = replace(ended, reply=pixel.reply(ended.reply))
        case _:
            ended = Collected(reply=answer(asked, request, workspace))
    return replace(ended, reply=cors.permit(ended.reply, request, workspace))


def _take(
    request: Request,
    asked: Upload | Pixel,
    workspace: Workspace,
    stream: Stream,
    store: ObjectStore,
    now: datetime,
    new_id: Callable[[], str],
) -> Collected:
    body = _decoded(request, asked, workspace.limits.body_bytes)
    if isinstance(body, Refused):
        return Collected(reply=replies.refused(body), refused=body.code)

    source = authenticate(request, body, workspace)
    if isinstance(source, Refused):
        return Collected(reply=replies.refused(source), refused=source.code)

    batch = items(body, asked.type, workspace.limits)
    if isinstance(batch, Refused):
        return Collected(reply=replies.refused(batch), refused=batch.code, source_id=source.id)

    received = Received(
        at=now,
        source=SourceReference(source.id, source.kind),
        request_id=request.id,
        address=request.address,
        headers=request.headers,
    )
    visitor = cookies.anonymous_id(request.cookies, new_id) if source.kind == "browser" else None
    outcomes = [_outcome(item, asked, visitor, received, new_id) for item in batch]

    records = pack(line for outcome in outcomes for line in _lines(outcome, received))
    committed_to = commit(records, stream=stream, store=store, request_id=request.id, at=now)
    if isinstance(committed_to, Refused):
        reply = replies.refused(committed_to)
        return Collected(reply=reply, refused=committed_to.code, source_id=source.id)

    return _told(outcomes, source_id=source.id, committed_to=committed_to, single=bool(asked.type))


def _decoded(request: Request, asked: Upload | Pixel, max_bytes: int) -> Any | Refused:
    if isinstance(asked, Pixel):
        return pixel.message_of(request.query)
    plain = inflate(request.body, max_bytes=max_bytes)
    return plain if isinstance(plain, Refused) else parse_json(plain)


def _outcome(
    item: Any,
    asked: Upload | Pixel,
    visitor: str | None,
    received: Received,
    new_id: Callable[[], str],
) -> Outcome:
    """Validate and enrich one event; whatever ails it stays with it and never reaches its batch."""
    if isinstance(item, Rejected):
        return replace(item, original=redacted(item.original))
    message = parse(redacted(item), asked.type, new_id, visitor=visitor)
    if isinstance(message, Rejected):
        return message
    return enrich(accepted(message, received), received)


def _lines(outcome: Outcome, received: Received) -> tuple[Line, ...]:
    match outcome:
        case StoredEvent():
            return (event_line(outcome),)
        case Rejected():
            return (rejected_line(outcome, received),)
        case Dropped():
            return ()


def _told(
    outcomes: list[Outcome], *, source_id: str, committed_to: CommittedTo, single: bool
) -> Collected:
    rejected = [(at, found) for at, found in enumerate(outcomes) if isinstance(found, Rejected)]
    stored = [found for found in outcomes if isinstance(found, StoredEvent)]
    return Collected(
        reply=replies.receipt(len(outcomes), rejected, single=single),
        source_id=source_id,
        accepted=len(stored),
        dropped=len(outcomes) - len(stored) - len(rejected),
        rejected=Counter(found.code for _, found in rejected),
        failed_enrichments=Counter(
            name for found in stored for name in found.enrichment.get("errors", ())
        ),
        committed_to=committed_to,
    )
