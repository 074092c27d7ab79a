"""What a path may begin with, and how it is followed."""

from collections.abc import Callable, Mapping
from typing import Any

from headwater.record import StoredEvent, to_iso

# The names of the stored event. Read one by one: most filters look at the type and the name alone,
# and the whole event as JSON would be made for every destination.
FIELDS: Mapping[str, Callable[[StoredEvent], Any]] = {
    "type": lambda event: event.type,
    "event": lambda event: event.event,
    "name": lambda event: event.name,
    "category": lambda event: event.category,
    "messageId": lambda event: event.message_id,
    "userId": lambda event: event.user_id,
    "anonymousId": lambda event: event.anonymous_id,
    "previousId": lambda event: event.previous_id,
    "groupId": lambda event: event.group_id,
    "properties": lambda event: event.properties,
    "traits": lambda event: event.traits,
    "context": lambda event: event.context,
    "integrations": lambda event: event.integrations,
    "enrichment": lambda event: event.enrichment,
    "originalTimestamp": lambda event: event.original_timestamp,
    "timestamp": lambda event: to_iso(event.timestamp),
    "receivedAt": lambda event: to_iso(event.received_at),
    "source": lambda event: {"id": event.source.id, "kind": event.source.kind},
    "privacy": lambda event: {
        "decision": event.privacy.decision,
        "noShare": event.privacy.no_share,
        "reasons": list(event.privacy.reasons),
    },
    "violations": lambda event: list(event.violations),
}


def reader(path: tuple[str, ...]) -> Callable[[StoredEvent], Any]:
    """Return what reads the path: None where it ends early. Other first names are the client's own."""
    first, *rest = path
    begin = FIELDS.get(first) or (lambda event: event.extra.get(first))

    def read(event: StoredEvent) -> Any:
        value = begin(event)
        for name in rest:
            if not isinstance(value, Mapping):
                return None
            value = value.get(name)
        return value

    return read
