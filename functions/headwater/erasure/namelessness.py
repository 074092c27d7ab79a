"""What is left of an event that only counts: what happened, when, on which site and kind of device.

Everything a person typed, owns or is called is gone; so are the texts that could single one out (a
page's path may hold an order's number). A column that is not named here is dropped, so a new one is
private until somebody decides otherwise.
"""

from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from headwater.columns import COLUMNS
from headwater.erasure.person import Person

KEPT = frozenset(
    {
        "type", "event", "name", "category", "timestamp", "received_at", "source_id", "source_kind",
        "page_host", "referrer_host", "referrer_kind", "referrer_name", "channel",
        "utm_source", "utm_medium", "utm_campaign",
        "browser", "os", "device_kind", "language", "country", "library_name",
        "privacy_decision", "no_share", "is_bot", "bot_kind", "proven",
    }
)  # fmt: skip


def nameless(event: Mapping[str, Any], person: Person) -> dict[str, Any]:
    """Return the stored event under the person's random name, and a random messageId."""
    left: dict[str, Any] = {
        "schema": event.get("schema", 1),
        **dict.fromkeys(("userId", "previousId", "groupId", "event", "name", "category")),
        **{name: {} for name in ("properties", "traits", "context", "integrations", "enrichment")},
        "originalTimestamp": None,
        "sentAt": None,
        "identity": {"userId": None, "previousId": None, "groupId": None, "proven": False},
        "privacy": {"decision": "full", "noShare": False, "reasons": []},
        "violations": [],
    }
    for column in COLUMNS:
        if column.name in KEPT:
            _copy(column.path.removeprefix("$.").split("."), event, left)
    left["anonymousId"] = left["identity"]["anonymousId"] = person.name
    left["messageId"] = nameless_message(str(event.get("messageId")), person.secret)
    return left


def nameless_message(message_id: str, secret: str) -> str:
    """Return another messageId, the same for every copy of the event while the secret lives.

    The Parquet rewriter computes it in SQL (`lake.rewriting`).
    """
    return f"erased-{sha256((secret + message_id).encode()).hexdigest()[:32]}"


def _copy(path: list[str], given: Any, into: dict[str, Any]) -> None:
    for name in path[:-1]:
        given = given.get(name) if isinstance(given, Mapping) else None
        if given is None:
            return
        into = into.setdefault(name, {})
    if isinstance(given, Mapping) and path[-1] in given:
        into[path[-1]] = given[path[-1]]
