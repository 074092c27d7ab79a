"""Content that holds events in a frame: a delivery's message, and a batch that Lambda gave up on."""

from base64 import b64decode, b64encode
from collections.abc import Mapping
from typing import Any

import orjson

from headwater.erasure.lines import Cleaned, Whose, clean, stored_event, undelivered_event
from headwater.erasure.mentions import mentioned, without_mentions
from headwater.erasure.ownership import owns_event


def clean_delivery(body: bytes, whose: Whose) -> Cleaned:
    """Take the person's events out of a delivery; one that cannot be read goes when it holds an id."""
    if not whose.may_be_in(body):
        return Cleaned(body)
    try:
        message = orjson.loads(body)
        events = message["events"]
        own = [owns_event(event, whose.person) for event in events]
    except (orjson.JSONDecodeError, KeyError, TypeError, AttributeError):
        return clean(body, whose, undelivered_event)
    theirs = tuple(event for event, is_own in zip(events, own, strict=True) if is_own)
    others = [event for event, is_own in zip(events, own, strict=True) if not is_own]
    scrubbed = without_mentions({**message, "events": others}, whose.person)
    mentions = int(scrubbed["events"] != others)
    left = orjson.dumps(scrubbed) if others else None
    return Cleaned(left, len(theirs), mentions, theirs)


def clean_failed_batch(body: bytes, whose: Whose) -> Cleaned:
    """Take the person out of the payload that Lambda kept: lines of the stream, or table changes.

    docs.aws.amazon.com/lambda/latest/dg/kinesis-on-failure-destination.html, read 2026-11-23.
    """
    try:
        record = orjson.loads(body)
        payload = record["payload"]
        event = orjson.loads(payload) if isinstance(payload, str) else payload
        judged = [_clean_record(each, whose) for each in event["Records"]]
    except (orjson.JSONDecodeError, KeyError, TypeError, ValueError, AttributeError):
        gone = mentioned(body, whose.person)
        return Cleaned(None if gone else body, int(gone))
    found = sum(each.found for _, each in judged)
    mentions = sum(each.mentions for _, each in judged)
    theirs = tuple(one for _, each in judged for one in each.theirs)
    if not found and not mentions:
        return Cleaned(body)
    kept = [each for each, _ in judged if each is not None]
    if not kept:
        return Cleaned(None, found, mentions, theirs)
    left: Any = {**event, "Records": kept}
    record["payload"] = orjson.dumps(left).decode() if isinstance(payload, str) else left
    return Cleaned(orjson.dumps(record), found, mentions, theirs)


def _clean_record(
    record: Mapping[str, Any], whose: Whose
) -> tuple[Mapping[str, Any] | None, Cleaned]:
    if "kinesis" not in record:
        text = orjson.dumps(record)
        # A table change is about one register; that of a device of others is told by the next snapshot.
        gone = mentioned(text, whose.person)
        return (None if gone else record), Cleaned(b"", int(gone), theirs=(record,) if gone else ())
    lines = b64decode(record["kinesis"]["data"])
    cleaned = clean(lines, whose, stored_event)
    if cleaned.body is None:
        return None, cleaned
    data = b64encode(cleaned.body).decode()
    return {**record, "kinesis": {**record["kinesis"], "data": data}}, cleaned
