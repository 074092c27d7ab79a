r"""The stored event: the one schema that the stream, the lake, the deliveries and the docs share.

An event is one JSON line ending in `\n`, the same in Kinesis, spill, raw and archive (design 6).
`StoredEvent` is that line in memory; `columns` is that line as the lake's table.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, Literal

import orjson

SCHEMA = 1

# First byte of a rejected line. A stored event starts with "{", so one byte tells them apart: the
# lander splits without parsing, the stitcher skips without parsing.
REJECTED_MARK = b"!"

# The source of the events that only prove that events arrive (headwater/canary.py).
CANARY_SOURCE = "headwater-canary"

SourceKind = Literal["browser", "server"]
PrivacyDecision = Literal["full", "cookieless"]

# Top-level keys that only the collector may write. A client's own key of such a name is kept under
# `clientFields`, so an unknown field is never lost and never believed.
SERVER_KEYS = frozenset(
    {
        "schema",
        "receivedAt",
        "source",
        "identity",
        "enrichment",
        "privacy",
        "violations",
        "clientFields",
    }
)


@dataclass(frozen=True, slots=True)
class SourceReference:
    """Which source sent the event, and whether its key was public (browser) or secret (server)."""

    id: str
    kind: SourceKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """The usable ids of an event: all that stitcher, views and partition key ever read.

    None where the client's id was absent, blocked as a placeholder, or withheld (cookieless).
    `person_id` is known only after the stitcher: it is delivered, never stored in the lake.
    """

    anonymous_id: str | None = None
    user_id: str | None = None
    previous_id: str | None = None
    group_id: str | None = None
    proven: bool = False
    person_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Privacy:
    """What the person's choice allows for this event, and why."""

    decision: PrivacyDecision = "full"
    no_share: bool = False
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class StoredEvent:
    """One event as it is committed: Segment's fields as received, and what we found out beside them.

    `original_timestamp` is the time the client gave, as it gave it, so a clamp destroys nothing;
    `timestamp` is that time corrected for the client's clock; both UTC. `extra` holds the client's
    top-level fields that Segment's spec does not name.
    """

    type: str
    message_id: str
    timestamp: datetime
    received_at: datetime
    source: SourceReference
    anonymous_id: str | None = None
    user_id: str | None = None
    previous_id: str | None = None
    group_id: str | None = None
    event: str | None = None
    name: str | None = None
    category: str | None = None
    properties: Mapping[str, Any] = field(default_factory=dict)
    traits: Mapping[str, Any] = field(default_factory=dict)
    context: Mapping[str, Any] = field(default_factory=dict)
    integrations: Mapping[str, Any] = field(default_factory=dict)
    original_timestamp: str | None = None
    sent_at: datetime | None = None
    identity: Identity = field(default_factory=Identity)
    enrichment: Mapping[str, Any] = field(default_factory=dict)
    privacy: Privacy = field(default_factory=Privacy)
    violations: tuple[Mapping[str, Any], ...] = ()
    extra: Mapping[str, Any] = field(default_factory=dict)

    def __replace__(self, /, **changes: Any) -> "StoredEvent":
        """Return a copy with other fields, for `copy.replace`.

        It copies one dictionary. What `dataclass` writes calls `__init__` with all 23 fields, ten
        times as slow, and every step of every event makes such a copy.
        """
        fields = self.__dict__ | changes
        if len(fields) != len(self.__dict__):
            raise TypeError(f"no such fields: {', '.join(changes.keys() - self.__dict__.keys())}")
        return StoredEvent.of(fields)

    @classmethod
    def of(cls, fields: dict[str, Any]) -> "StoredEvent":
        """Return the event that has these fields: all there are, in a dictionary that is nobody else's."""
        event = object.__new__(cls)
        object.__setattr__(event, "__dict__", fields)
        return event

    def to_json(self) -> dict[str, Any]:
        """Return the event as the JSON object that is stored and delivered."""
        identity: dict[str, Any] = {
            "anonymousId": self.identity.anonymous_id,
            "userId": self.identity.user_id,
            "previousId": self.identity.previous_id,
            "groupId": self.identity.group_id,
            "proven": self.identity.proven,
        }
        if self.identity.person_id is not None:
            identity["personId"] = self.identity.person_id
        return {
            **self.extra,
            "schema": SCHEMA,
            "type": self.type,
            "messageId": self.message_id,
            "anonymousId": self.anonymous_id,
            "userId": self.user_id,
            "previousId": self.previous_id,
            "groupId": self.group_id,
            "event": self.event,
            "name": self.name,
            "category": self.category,
            "properties": self.properties,
            "traits": self.traits,
            "context": self.context,
            "integrations": self.integrations,
            "originalTimestamp": self.original_timestamp,
            "sentAt": to_iso(self.sent_at) if self.sent_at else None,
            "timestamp": to_iso(self.timestamp),
            "receivedAt": to_iso(self.received_at),
            "source": {"id": self.source.id, "kind": self.source.kind},
            "identity": identity,
            "enrichment": self.enrichment,
            "privacy": {
                "decision": self.privacy.decision,
                "noShare": self.privacy.no_share,
                "reasons": list(self.privacy.reasons),
            },
            "violations": list(self.violations),
        }

    def to_line(self) -> bytes:
        r"""Return the event as its line: UTF-8 JSON with one `\n` at the end and none before."""
        return orjson.dumps(self.to_json(), option=orjson.OPT_APPEND_NEWLINE)

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "StoredEvent":
        """Read a stored or delivered JSON object back; the inverse of `to_json`.

        Raises KeyError, TypeError or ValueError for an object that is no stored event.
        """
        identity, privacy, source = stored["identity"], stored["privacy"], stored["source"]
        return cls(
            type=stored["type"],
            message_id=stored["messageId"],
            timestamp=from_iso(stored["timestamp"]),
            received_at=from_iso(stored["receivedAt"]),
            source=SourceReference(source["id"], source["kind"]),
            anonymous_id=stored["anonymousId"],
            user_id=stored["userId"],
            previous_id=stored["previousId"],
            group_id=stored["groupId"],
            event=stored["event"],
            name=stored["name"],
            category=stored["category"],
            properties=stored["properties"],
            traits=stored["traits"],
            context=stored["context"],
            integrations=stored["integrations"],
            original_timestamp=stored["originalTimestamp"],
            sent_at=from_iso(stored["sentAt"]) if stored["sentAt"] else None,
            identity=Identity(
                anonymous_id=identity["anonymousId"],
                user_id=identity["userId"],
                previous_id=identity["previousId"],
                group_id=identity["groupId"],
                proven=identity["proven"],
                person_id=identity.get("personId"),
            ),
            enrichment=stored["enrichment"],
            privacy=Privacy(
                decision=privacy["decision"],
                no_share=privacy["noShare"],
                reasons=tuple(privacy["reasons"]),
            ),
            violations=tuple(stored["violations"]),
            extra={key: value for key, value in stored.items() if key not in _NAMED},
        )


_NAMED = SERVER_KEYS - {"clientFields"} | {
    "type",
    "messageId",
    "anonymousId",
    "userId",
    "previousId",
    "groupId",
    "event",
    "name",
    "category",
    "properties",
    "traits",
    "context",
    "integrations",
    "originalTimestamp",
    "sentAt",
    "timestamp",
}


# The lines of a batch share their arrival and their sending, and every line writes three moments.
@lru_cache(maxsize=128)
def to_iso(moment: datetime) -> str:
    """Write a moment the way every stored time is written: UTC, milliseconds, `Z`."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds")[:-6] + "Z"


def from_iso(text: str) -> datetime:
    """Read a stored time back."""
    return datetime.fromisoformat(text)
