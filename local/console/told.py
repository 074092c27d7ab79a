"""A line of the stream as the page tells it: an event, or one that was not taken and why."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

import orjson
from headwater.lake.landing import LandingRecord
from headwater.lake.rejected import RejectedEvent
from headwater.record import REJECTED_MARK, StoredEvent, to_iso

# A name may be as long as its event; a row of the page has room for so much.
_LONGEST = 200

type Kind = Literal["event", "rejected", "unreadable"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One line, where it stood in the stream, and what the page's row says of it.

    `key` is its place: shard, sequence number and number in the record. `row` is what the page gets of
    every line; the line itself is sent for the one that somebody opens.
    """

    key: str
    kind: Kind
    shard: str
    sequence: str
    arrived_at: datetime
    line: bytes = field(repr=False)
    row: Mapping[str, Any] = field(repr=False)

    @property
    def message_id(self) -> str | None:
        """The event's messageId; None where there is none to be read."""
        found: str | None = self.row["messageId"]
        return found

    @property
    def content(self) -> Any:
        """The line as JSON, or as text where it is none."""
        line = self.line.removeprefix(REJECTED_MARK)
        try:
            return orjson.loads(line)
        except ValueError:
            return line.decode("utf-8", "replace")

    def event(self) -> StoredEvent | None:
        """Read the stored event; None when it is none."""
        return StoredEvent.from_json(self.content) if self.kind == "event" else None


def told(record: LandingRecord) -> Iterator[Told]:
    """Tell every line of a record, whatever it holds."""
    lines = [line for line in record.lines.split(b"\n") if line]
    for number, line in enumerate(lines):
        key = f"{record.shard}:{record.sequence}:{number}"
        kind, row = _read(line)
        yield Told(
            key=key,
            kind=kind,
            shard=record.shard,
            sequence=record.sequence,
            arrived_at=record.arrived_at,
            line=line,
            row={"key": key, "kind": kind, "arrivedAt": to_iso(record.arrived_at), **row},
        )


def _read(line: bytes) -> tuple[Kind, Mapping[str, Any]]:
    try:
        if line.startswith(REJECTED_MARK):
            return "rejected", _of_rejected(RejectedEvent.from_line(line))
        return "event", row_of(StoredEvent.from_json(orjson.loads(line)))
    except (KeyError, TypeError, ValueError, AttributeError):
        return "unreadable", {"messageId": None, "title": "a line that is no event"}


def row_of(event: StoredEvent) -> dict[str, Any]:
    """Return what a row says of an event."""
    page = event.enrichment.get("page")
    identity = event.identity
    return {
        "messageId": event.message_id,
        "type": event.type,
        "title": _short(event.event or event.name or ""),
        "userId": identity.user_id,
        "anonymousId": identity.anonymous_id,
        "source": event.source.id,
        "timestamp": to_iso(event.timestamp),
        "receivedAt": to_iso(event.received_at),
        "path": _short(page.get("path")) if isinstance(page, Mapping) else None,
        "violations": len(event.violations),
        "decision": event.privacy.decision,
    }


def fault(violation: Mapping[str, Any]) -> str:
    """Tell a violation of the tracking plan and its place, without what the event has there."""
    return " ".join(str(violation[key]) for key in ("type", "field") if violation.get(key))


def _of_rejected(rejected: RejectedEvent) -> dict[str, Any]:
    original = rejected.original if isinstance(rejected.original, Mapping) else {}
    return {
        "messageId": _short(original.get("messageId")),
        "type": _short(original.get("type")) or "?",
        "title": _short(original.get("event") or original.get("name")) or "",
        "userId": _short(original.get("userId")),
        "anonymousId": _short(original.get("anonymousId")),
        "source": rejected.source_id,
        "receivedAt": to_iso(rejected.received_at),
        "code": rejected.code,
        "message": _short(rejected.message),
    }


def _short(value: object) -> str | None:
    """Return a client's own word, cut; a rejected event may have anything in any place."""
    if value is None:
        return None
    text = value if isinstance(value, str) else str(value)
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
