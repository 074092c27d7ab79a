r"""The stored event: the one schema that the stream, the lake, the deliveries and the docs share.

An event is one JSON line ending in `\n`, the same in Kinesis, spill, raw and archive (design 6).
`StoredEvent` is that line in memory; `COLUMNS` is that line as the lake's table. Glue tables, the
compactor's SQL and docs/athena.md are made from `COLUMNS` or checked against it, so a new column is
added here, at the end, and nowhere else.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal

import orjson

SCHEMA = 1

# First byte of a rejected line. A stored event starts with "{", so one byte tells them apart: the
# lander splits without parsing, the stitcher skips without parsing.
REJECTED_MARK = b"!"

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
        copy = object.__new__(StoredEvent)
        object.__setattr__(copy, "__dict__", fields)
        return copy

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


def to_iso(moment: datetime) -> str:
    """Write a moment the way every stored time is written: UTC, milliseconds, `Z`."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds")[:-6] + "Z"


def from_iso(text: str) -> datetime:
    """Read a stored time back."""
    return datetime.fromisoformat(text)


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the lake: where it is in the line, what it is called, what it means."""

    path: str  # JSON path in the stored line
    name: str  # snake_case, as in the lake
    type: Literal["string", "json", "timestamp", "boolean"]  # json: a string that holds JSON text
    meaning: str


COLUMNS: tuple[Column, ...] = (
    Column("$.messageId", "message_id", "string", "The event's own id; unique per source."),
    Column("$.type", "type", "string", "track, page, screen, identify, group or alias."),
    Column("$.event", "event", "string", "The name of a track event."),
    Column("$.name", "name", "string", "The name of a page or screen."),
    Column("$.category", "category", "string", "The category of a page or screen."),
    Column("$.identity.anonymousId", "anonymous_id", "string", "The device, when usable."),
    Column("$.identity.userId", "user_id", "string", "The known user, when usable."),
    Column("$.identity.previousId", "previous_id", "string", "What an alias replaces."),
    Column("$.identity.groupId", "group_id", "string", "The account or team."),
    Column("$.identity.proven", "proven", "boolean", "Whether the user id was signed."),
    Column("$.timestamp", "timestamp", "timestamp", "When it happened, clock corrected, UTC."),
    Column("$.receivedAt", "received_at", "timestamp", "When the collector took it, UTC."),
    Column("$.sentAt", "sent_at", "timestamp", "When the client sent it, on its own clock."),
    Column("$.originalTimestamp", "original_timestamp", "string", "The client's time, untouched."),
    Column("$.source.id", "source_id", "string", "The source of the workspace that sent it."),
    Column("$.source.kind", "source_kind", "string", "browser (public key) or server (secret)."),
    Column("$.properties", "properties", "json", "JSON object: a track, page or screen's own."),
    Column("$.traits", "traits", "json", "JSON object: what identify or group says."),
    Column("$.context", "context", "json", "JSON object: what the client knew around it."),
    Column("$.integrations", "integrations", "json", "JSON object: destinations on or off."),
    Column("$.enrichment.page.url", "page_url", "string", "The page's address."),
    Column("$.enrichment.page.host", "page_host", "string", "The page's host."),
    Column("$.enrichment.page.path", "page_path", "string", "The page's path."),
    Column("$.enrichment.page.title", "page_title", "string", "The page's title."),
    Column("$.enrichment.referrer.url", "referrer_url", "string", "Where the visitor came from."),
    Column("$.enrichment.referrer.host", "referrer_host", "string", "The referrer's host."),
    Column("$.enrichment.campaign.source", "utm_source", "string", "Campaign source."),
    Column("$.enrichment.campaign.medium", "utm_medium", "string", "Campaign medium."),
    Column("$.enrichment.campaign.name", "utm_campaign", "string", "Campaign name."),
    Column("$.enrichment.campaign.term", "utm_term", "string", "Campaign term."),
    Column("$.enrichment.campaign.content", "utm_content", "string", "Campaign content."),
    Column("$.enrichment.userAgent.browser", "browser", "string", "Browser family."),
    Column("$.enrichment.userAgent.os", "os", "string", "Operating system family."),
    Column("$.enrichment.userAgent.device", "device", "string", "Device family."),
    Column(
        "$.enrichment.userAgent.kind",
        "device_kind",
        "string",
        "desktop, mobile, tablet, bot, other.",
    ),
    Column("$.context.userAgent", "user_agent", "string", "The user agent as sent."),
    Column("$.context.ip", "ip", "string", "The address, as the address policy left it."),
    Column("$.context.locale", "locale", "string", "The client's locale."),
    Column("$.context.timezone", "timezone", "string", "The client's time zone."),
    Column("$.context.library.name", "library_name", "string", "The client library."),
    Column("$.context.library.version", "library_version", "string", "Its version."),
    Column("$.enrichment", "enrichment", "json", "JSON object: all that was found out."),
    Column("$.privacy.decision", "privacy_decision", "string", "full or cookieless."),
    Column("$.privacy.noShare", "no_share", "boolean", "True: no sale, no advertising."),
    Column("$.privacy.reasons", "privacy_reasons", "json", "JSON array: why."),
    Column("$.violations", "violations", "json", "JSON array: where it left the plan."),
)
