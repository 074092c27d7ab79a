"""The smallest valid example of each thing that tests begin from; override what matters."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from headwater.enrichments import Enrichment
from headwater.enrichments.draft import Draft
from headwater.outcomes import Dropped, Rejected
from headwater.record import Identity, SourceReference, StoredEvent
from headwater.wire.request import Received, Request
from headwater.workspace import Workspace

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def a_stored_track(message_id: str = "message-1", **overrides: Any) -> StoredEvent:
    """One stored track of a visitor who is known, as the stitcher delivers it."""
    event = StoredEvent(
        type="track",
        message_id=message_id,
        timestamp=NOON,
        received_at=NOON,
        source=SourceReference("shop-web", "browser"),
        anonymous_id="device-1",
        user_id="user-1",
        event="Boots Tried",
        properties={"size": 42},
        context={"page": {"path": "/boots"}},
        identity=Identity(anonymous_id="device-1", user_id="user-1", person_id="person-1"),
    )
    return replace(event, **overrides)


BROWSER_KEY = "TESTWRITEKEY0000000000000000abcd"
SERVER_KEY = "server-key-of-the-tests-000001"


def a_workspace(**overrides: Any) -> Workspace:
    """One site with a browser source and a server source; the keys are `*_KEY` above."""
    return Workspace.model_validate(
        {
            "name": "tests",
            "sources": [
                {
                    "id": "web",
                    "kind": "browser",
                    "write_keys": [BROWSER_KEY],
                    "origins": ["https://shop.example", "http://localhost:*"],
                },
                {
                    "id": "server",
                    "kind": "server",
                    "write_key_sha256": [sha256(SERVER_KEY.encode()).hexdigest()],
                },
            ],
            **overrides,
        }
    )


def a_request(body: Any = None, **overrides: Any) -> Request:
    """A POST of one track call with a browser's key; `body` is bytes or becomes JSON."""
    if body is None:
        body = {"writeKey": BROWSER_KEY, "userId": "u-1", "event": "Tried"}
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    fields: dict[str, Any] = {"method": "POST", "path": "/v1/track", "id": "request-1"}
    return Request(**{**fields, "body": raw, **overrides})


def enriched_by(step: Enrichment, event: StoredEvent, received: Received) -> StoredEvent:
    """The event after one step that keeps it."""
    changes = step(event, received)
    assert not isinstance(changes, Rejected | Dropped)
    draft = Draft(event)
    draft.take(changes)
    return draft.event


def a_received(**overrides: Any) -> Received:
    """The arrival of a browser's event at noon."""
    fields: dict[str, Any] = {
        "at": NOON,
        "source": SourceReference("web", "browser"),
        "request_id": "request-1",
    }
    return Received(**{**fields, **overrides})
