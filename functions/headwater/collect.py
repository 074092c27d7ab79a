"""The story of a request: decode → authenticate → validate → enrich → commit → reply.

A 200 is a promise: it is written after the stream, or the spill object, has acknowledged every line
of the request, and never before (design 12).
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

from headwater.enrichments import enrich
from headwater.events import MessageType, parse
from headwater.outcomes import Dropped, Refused, Rejected
from headwater.ports import ObjectStore, Secrets, Stream
from headwater.privacy.redaction import redacted
from headwater.record import SourceReference, StoredEvent
from headwater.spill import commit
from headwater.wire import cookies, cors, edge, pixel
from headwater.wire.acceptance import accepted
from headwater.wire.answers import answer
from headwater.wire.batches import items
from headwater.wire.compression import inflate
from headwater.wire.ending import Collected, Outcome
from headwater.wire.keys import authenticate
from headwater.wire.packing import Line, event_line, pack, rejected_line
from headwater.wire.request import Received, Request
from headwater.wire.routes import Pixel, Upload, route
from headwater.wire.signed_identify import Proof
from headwater.wire.strict_json import parse_json
from headwater.workspace import Workspace


def collect(
    request: Request,
    *,
    workspace: Workspace,
    stream: Stream,
    store: ObjectStore,
    now: datetime,
    new_id: Callable[[], str],
    secrets: Secrets | None = None,
) -> Collected:
    """Take one request from its bytes to its answer, and let the pages of our sites read it.

    `secrets`: asked for the keys of user tokens, where the workspace has any.
    """
    admitted = edge.admitted(request, workspace.edge)
    if isinstance(admitted, Refused):
        return Collected.nothing(admitted)
    request = admitted
    asked = route(request.method, request.path, workspace.prefix)
    signing = workspace.identity.signing
    proof = Proof(signing, secrets, now) if secrets and signing.mode != "off" else None
    match asked:
        case Refused():
            ended = Collected.nothing(asked)
        case Upload():
            ended = _take(request, asked, workspace, stream, store, now, new_id, proof)
        case Pixel():
            ended = _take(request, asked, workspace, stream, store, now, new_id, proof)
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
    proof: Proof | None,
) -> Collected:
    if workspace.overload is not None:
        # Before anything is read: a declared overload must cost nothing.
        return Collected.nothing(workspace.overload.refusal)

    body = _decoded(request, asked, workspace.limits.body_bytes)
    if isinstance(body, Refused):
        return Collected.nothing(body)

    source = authenticate(request, body, workspace)
    if isinstance(source, Refused):
        return Collected.nothing(source)

    batch = items(body, asked.type, workspace.limits)
    if isinstance(batch, Refused):
        return Collected.nothing(batch, source.id)

    received = Received(
        at=now,
        source=SourceReference(source.id, source.kind),
        request_id=request.id,
        address=request.address,
        headers=request.headers,
        plan=workspace.plan_of(source),
        policy=workspace.enrichment,
        own_hosts=workspace.own_hosts,
    )
    visitor = cookies.anonymous_id(request.cookies, new_id) if source.kind == "browser" else None
    outcomes = [_outcome(item, asked, visitor, received, new_id, proof) for item in batch]

    records = pack(line for outcome in outcomes for line in _lines(outcome, received))
    committed_to = commit(records, stream=stream, store=store, request_id=request.id, at=now)
    if isinstance(committed_to, Refused):
        return Collected.nothing(committed_to, source.id)

    return Collected.committed(outcomes, committed_to, source_id=source.id, single=bool(asked.type))


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
    proof: Proof | None,
) -> Outcome:
    """Validate and enrich one event; whatever ails it stays with it and never reaches its batch."""
    if isinstance(item, Rejected):
        return replace(item, original=_typed(redacted(item.original), asked.type))
    sent = _typed(redacted(item), asked.type)
    message = parse(sent, asked.type, new_id, visitor=visitor)
    if isinstance(message, Rejected):
        return message
    event = enrich(accepted(message, received), received)
    if isinstance(event, Rejected):
        # With the ids that it was given here: replayed, it is the same event of the same visitor.
        given = {"messageId": message.message_id, "anonymousId": message.anonymous_id}
        return replace(event, original=sent | given)
    # After the ids are settled; from the item as sent, because the token is stored nowhere.
    return proof.judge(event, item) if proof and isinstance(event, StoredEvent) else event


def _typed(item: Any, type_: MessageType | None) -> Any:
    # A type that only the path says would be lost with it, and a rejected event may be sent again.
    if type_ is None or not isinstance(item, dict) or item.get("type"):
        return item
    return {**item, "type": type_}


def _lines(outcome: Outcome, received: Received) -> tuple[Line, ...]:
    match outcome:
        case StoredEvent():
            return (event_line(outcome),)
        case Rejected():
            return (rejected_line(outcome, received),)
        case Dropped():
            return ()
