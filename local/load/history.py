"""A line of history as the call to import: the same event at the same time, delivered to nobody.

Exports of Segment, RudderStack and Headwater itself hold calls as they were stored. Three things of
such a call must not be sent as they are:

- `sentAt` and `receivedAt` are of the first journey. With an old `sentAt` the collector would correct
  the event's time into today; the corrected `timestamp` is the event's time.
- Without a `messageId` a second load would count it twice, so it gets one made of its content.
- Its `integrations` would send last year's order to today's advertising account.
"""

from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import orjson

from local.load.call import Call, Unusable
from local.load.files import Line, lines

_OF_THE_FIRST_JOURNEY = ("sentAt", "receivedAt", "writeKey", "originalTimestamp")
NOBODY = {"All": False}


def calls(file: Path, *, deliver: bool) -> Iterator[Call | Unusable]:
    """Return the file's calls in their order."""
    for line in lines(file):
        yield call_of(line, deliver=deliver)


def call_of(line: Line, *, deliver: bool) -> Call | Unusable:
    """Make the call of one line; `deliver` leaves it to the destinations too."""
    if line.too_long:
        return _unusable(line, "longer than any event")
    try:
        found = orjson.loads(line.content)
    except orjson.JSONDecodeError as error:
        return _unusable(line, f"no JSON: {error}")
    if not isinstance(found, dict):
        return _unusable(line, "no JSON object")
    if "batch" in found:
        return _unusable(line, "a batch: write its events one a line")
    return Call(line.file, line.number, orjson.dumps(_imported(found, line.content, deliver)))


def _imported(found: dict[str, Any], content: bytes, deliver: bool) -> dict[str, Any]:  # noqa: FBT001
    call = {name: value for name, value in found.items() if name not in _OF_THE_FIRST_JOURNEY}
    if not call.get("timestamp"):
        when = found.get("originalTimestamp") or found.get("receivedAt")
        if when:
            call["timestamp"] = when
    if not call.get("messageId"):
        call["messageId"] = f"load-{sha256(content).hexdigest()[:40]}"
    if not deliver:
        call["integrations"] = NOBODY
    return call


def _unusable(line: Line, reason: str) -> Unusable:
    return Unusable(line.file, line.number, reason, line.content)
