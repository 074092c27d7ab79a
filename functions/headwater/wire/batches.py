"""The events of a body, each as it would have been sent alone.

A batch's `context` and `integrations` are merged into every item, where the item wins, and its
`sentAt` stands for all of them (Segment's HTTP API, Batch; the reference 4.2). Nearly all events of a
batch have the same context, byte for byte: they share one object, so that what is read of it is read once.
"""

from collections.abc import Mapping
from typing import Any

import orjson

from headwater.events import MessageType
from headwater.outcomes import RefuseCode, Refused, RejectCode, Rejected
from headwater.wire.strict_json import deeper_than
from headwater.workspace import Limits

# Deeper than any client's event, and well below what a reader of the lake can take.
MAX_EVENT_DEPTH = 64

# What a batch shares is repeated in every stored event: this many times a body's limit, all together.
_MAX_REPETITION = 8


def items(body: Any, type_: MessageType | None, limits: Limits) -> list[Any] | Refused:
    """Return the items of a body: the body itself on a single route, what it lists on a batch route.

    An item over a limit comes back as `Rejected`; the others are not touched by it.
    """
    if not isinstance(body, dict):
        return Refused(RefuseCode.INVALID_BODY, "the body must be a JSON object")
    if type_ is not None:
        return [_measured(body, limits)]
    batch = body.get("batch")
    if not isinstance(batch, list):
        return Refused(RefuseCode.INVALID_BODY, "batch must be a list of events")
    if not batch:
        return Refused(RefuseCode.EMPTY_BATCH, "the batch has no events")
    if len(batch) > limits.batch_events:
        return Refused(RefuseCode.TOO_MANY_EVENTS, f"a batch may have {limits.batch_events} events")
    shared = {name: body[name] for name in ("context", "integrations") if _full(body.get(name))}
    if deeper_than(MAX_EVENT_DEPTH, shared):
        return Refused(RefuseCode.INVALID_BODY, f"more than {MAX_EVENT_DEPTH} levels are shared")
    if shared and len(orjson.dumps(shared)) * len(batch) > _MAX_REPETITION * limits.body_bytes:
        return Refused(RefuseCode.BODY_TOO_LARGE, "what the batch shares is too large to repeat")
    contexts: dict[bytes, Any] = {}
    return [
        _sharing(contexts, _merged(_measured(item, limits), shared, body.get("sentAt")))
        for item in batch
    ]


def _full(shared: object) -> bool:
    return isinstance(shared, dict) and bool(shared)


def _measured(item: Any, limits: Limits) -> Any:
    written = orjson.dumps(item)
    if len(written) > limits.event_bytes:
        fault = f"an event may have {limits.event_bytes} bytes"
        return Rejected(RejectCode.EVENT_TOO_LARGE, "$", fault, item)
    # Counting the openings first is a hundredth of walking the levels, and nearly always enough.
    openings = written.count(b"{") + written.count(b"[")
    if openings > MAX_EVENT_DEPTH and deeper_than(MAX_EVENT_DEPTH, item):
        fault = f"an event may have {MAX_EVENT_DEPTH} levels"
        return Rejected(RejectCode.EVENT_TOO_DEEP, "$", fault, item)
    return item


def _merged(item: Any, shared: Mapping[str, Any], sent_at: Any) -> Any:
    if not isinstance(item, dict):
        return item
    merged = dict(item)
    for name, common in shared.items():
        own = item.get(name)
        if own is None or own == "":
            merged[name] = common
        elif isinstance(own, dict):
            merged[name] = {**common, **own}
    if merged.get("sentAt") is None and sent_at is not None:
        merged["sentAt"] = sent_at
    return merged


def _sharing(contexts: dict[bytes, Any], item: Any) -> Any:
    context = item.get("context") if isinstance(item, dict) else None
    if isinstance(context, dict):
        # By what is written, since to Python 1, 1.0 and True are equal, and so is any order of keys.
        item["context"] = contexts.setdefault(orjson.dumps(context), context)
    return item
