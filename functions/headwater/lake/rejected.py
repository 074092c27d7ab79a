"""Rejected lines as the bucket keeps them: read back by arrival hour, and counted without anybody in it."""

import gzip
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import orjson

from headwater.lake.keys import REJECTED
from headwater.ports import ObjectStore
from headwater.record import REJECTED_MARK
from headwater.workspace.privacy_policy import Effect


@dataclass(frozen=True, slots=True, kw_only=True)
class RejectedEvent:
    """An event that was not taken: why, where in it the fault is, and the event itself.

    `effect` and `reasons` are what the person's choice allowed for it when it came.
    """

    code: str
    path: str
    message: str
    source_id: str
    received_at: datetime
    original: Any = field(repr=False)
    effect: Effect = "full"
    reasons: tuple[str, ...] = ()

    @classmethod
    def from_line(cls, line: bytes) -> "RejectedEvent":
        """Read one line, with or without its mark; raises `ValueError` for anything else."""
        try:
            content = orjson.loads(line.removeprefix(REJECTED_MARK))
            privacy = content.get("privacy", {"effect": "full", "reasons": ()})
            return cls(
                code=content["code"],
                path=content["path"],
                message=content["message"],
                source_id=content["sourceId"],
                received_at=datetime.fromisoformat(content["receivedAt"]).astimezone(UTC),
                original=content["original"],
                effect=privacy["effect"],
                reasons=tuple(privacy["reasons"]),
            )
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise ValueError(f"not a rejected line: {type(error).__name__}") from None

    def to_json(self) -> dict[str, Any]:
        """Return the event as its line has it."""
        content = {
            "code": self.code,
            "path": self.path,
            "message": self.message,
            "sourceId": self.source_id,
            "receivedAt": self.received_at.isoformat(timespec="milliseconds"),
            "original": self.original,
        }
        if self.effect != "full":
            content["privacy"] = {"effect": self.effect, "reasons": list(self.reasons)}
        return content


def rejected_since(since: datetime, store: ObjectStore) -> Iterator[RejectedEvent]:
    """Read what was rejected from that hour on, oldest first; a line that came twice comes once."""
    seen: set[bytes] = set()
    first = f"{REJECTED}{since.astimezone(UTC):dt=%Y-%m-%d/hr=%H}"
    for found in store.list(REJECTED):
        if found.key < first:
            continue
        for line in gzip.decompress(store.get(found.key)).splitlines():
            if line not in seen:
                seen.add(line)
                yield RejectedEvent.from_line(line)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """How often one fault was found in one source's events, and when."""

    code: str
    path: str
    source_id: str
    times: int
    first: datetime
    last: datetime


def tally(events: Iterable[RejectedEvent]) -> list[Tally]:
    """Count the events by source, code and path of the fault; the most frequent first."""
    groups: dict[tuple[str, str, str], list[datetime]] = {}
    for event in events:
        key = (event.code, event.path, event.source_id)
        groups.setdefault(key, []).append(event.received_at)
    counted = [
        Tally(code=code, path=path, source_id=source, times=len(at), first=min(at), last=max(at))
        for (code, path, source), at in groups.items()
    ]
    return sorted(counted, key=lambda each: (-each.times, each.code, each.path, each.source_id))


def chosen(
    events: Iterable[RejectedEvent], wanted: Mapping[str, str | None]
) -> Iterator[RejectedEvent]:
    """Keep the events of the wanted `code` and `source_id`, where one is named."""
    named = {name: value for name, value in wanted.items() if value}
    return (
        event
        for event in events
        if all(getattr(event, name) == value for name, value in named.items())
    )
