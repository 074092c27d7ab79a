"""The story of a request: decode → authenticate → decide → validate → enrich → commit → reply.

A 200 is a promise: it is written after the stream, or the spill object, has acknowledged every line
of the request, and never before (design 12). What a person has chosen is asked before anything else
is done with an event, so that what may not be kept is not kept among the rejected either.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

from headwater.enrichments import enrich
from headwater.events import MessageType, parse
from headwater.outcomes import Dropped, Refused, Rejected
from headwater.person import Person
from headwater.ports import ObjectStore, Secrets, Stream
from headwater.privacy.decision import Decision
from headwater.privacy.held import NOTHING, Held
from headwater.record import SourceReference, StoredEvent
from headwater.spill import commit
from headwater.wire import choices, cors, edge, pixel
from headwater.wire.acceptance import accepted
from headwater.wire.answers import answer
from headwater.wire.batches import items
from headwater.wire.compression import inflate
from headwater.wire.ending import Collected, Outcome
from headwater.wire.keys import authenticate
from headwater.wire.packing import Line, event_line, pack, rejected_line
from headwater.wire.request import Received, Request
from headwater.wire.routes import Consent, OptOut, Pixel, Reset, Upload, route
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
    held: Callable[[], Held] = lambda: NOTHING,
) -> Collected:
    """Take one request from its bytes to its answer, and let the pages of our sites read it.

    `secrets`: asked for the keys of user tokens, where the workspace has any. `held`: asked for what
    cookies and choices need, once, and only for a request that brings events.
    """
    admitted = edge.admitted(request, workspace.edge)
    if isinstance(admitted, Refused):
        return Collected.nothing(admitted)
    request = admitted
    asked = route(request.method, request.path, workspace.prefix)
    match asked:
        case Refused():
            ended = Collected.nothing(asked)
        case Upload() | Pixel():
            ended = _take(request, asked, workspace, stream, store, now, new_id, secrets, held)
        case OptOut() | Consent() | Reset():
            told = choices.chosen(asked, request, workspace)
            ended = Collected.nothing(told) if isinstance(told, Refused) else Collected(reply=told)
        case _:
            ended = Collected(reply=answer(asked, request, workspace))
    if isinstance(asked, Pixel):
        ended = replace(ended, reply=pixel.reply(ended.reply))
    return replace(ended, reply=cors.permit(ended.reply, request, workspace))


def _take(
    request: Request,
    asked: Upload | Pixel,
    workspace: Workspace,
    stream: Stream,
    store: ObjectStore,
    now: datetime,
    new_id: Callable[[], str],
    secrets: Secrets | None,
    held: Callable[[], Held],
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
    signing = workspace.identity.signing
    proof = Proof(signing, secrets, now) if secrets and signing.mode != "off" else None
    person = Person.behind(request, received, workspace, held(), asked.type, new_id)
    decisions = [person.decision(item) for item in batch]
    outcomes = [
        _outcome(item, decision, asked, person, received, new_id, proof)
        for item, decision in zip(batch, decisions, strict=True)
    ]

    lines = [line for outcome in outcomes for line in _lines(outcome, received)]
    records = pack(lines)
    committed_to = commit(records, stream=stream, store=store, request_id=request.id, at=now)
    if isinstance(committed_to, Refused):
        return Collected.nothing(committed_to, source.id)

    ended = Collected.committed(
        outcomes, committed_to, lines=lines, source_id=source.id, single=bool(asked.type)
    )
    if isinstance(asked, Pixel):
        return ended  # an image may be anybody's, so its answer sets no cookie
    return replace(ended, reply=ended.reply.with_cookies(person.cookies(decisions, outcomes)))


def _decoded(request: Request, asked: Upload | Pixel, max_bytes: int) -> Any | Refused:
    if isinstance(asked, Pixel):
        return pixel.message_of(request.query)
    plain = inflate(request.body, max_bytes=max_bytes)
    return plain if isinstance(plain, Refused) else parse_json(plain)


def _outcome(
    item: Any,
    decision: Decision,
    asked: Upload | Pixel,
    person: Person,
    received: Received,
    new_id: Callable[[], str],
    proof: Proof | None,
) -> Outcome:
    """Settle one event; whatever ails it stays with it and never reaches its batch."""
    if decision.drop is not None:
        return Dropped(decision.drop)
    ended = _judged(item, decision, asked, person, received, new_id, proof)
    if isinstance(ended, Rejected):
        return replace(ended, effect=decision.effect, reasons=decision.reasons)
    return ended


def _judged(
    item: Any,
    decision: Decision,
    asked: Upload | Pixel,
    person: Person,
    received: Received,
    new_id: Callable[[], str],
    proof: Proof | None,
) -> Outcome:
    """Validate and enrich one event."""
    if isinstance(item, Rejected):
        return replace(item, original=_typed(person.kept(item.original, decision), asked.type))
    kept = _typed(person.kept(item, decision), asked.type)
    message = parse(kept, asked.type, new_id, visitor=person.named(kept, decision))
    if isinstance(message, Rejected):
        return message
    event = enrich(accepted(message, received), received)
    if isinstance(event, Rejected):
        # With the ids that it was given here: replayed, it is the same event of the same visitor.
        given: dict[str, Any] = {"messageId": message.message_id}
        if not decision.cookieless:
            given["anonymousId"] = message.anonymous_id
        return replace(event, original=kept | given)
    if isinstance(event, Dropped):
        return event
    if proof:
        # After the ids are settled; from the item as sent, because the token is stored nowhere.
        event = proof.judge(event, item)
    return person.stored(event, decision)


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
