"""What RudderStack's client fetches before it starts: a source that is on, with nothing attached.

Shape: recorded from a running client (reference 20); without this answer the client does not start.
"""

from typing import Any

from headwater.workspace import Source

_LONG_AGO = "2024-01-01T00:00:00.000Z"


def source_config(source: Source, write_key: str) -> dict[str, Any]:
    """Return the source's configuration: enabled, no destinations, no reports about the client."""
    return {
        "source": {
            "id": source.id,
            "name": source.id,
            "kind": source.kind,  # ours; `make load` asks it
            "writeKey": write_key,
            "enabled": True,
            "workspaceId": "headwater",
            "sourceDefinitionId": "javascript",
            "sourceDefinition": {
                "id": "javascript",
                "name": "Javascript",
                "displayName": "Javascript",
                "category": None,
            },
            "config": {
                "statsCollection": {"errors": {"enabled": False}, "metrics": {"enabled": False}}
            },
            "connections": [],
            "destinations": [],
            "transient": False,
            "deleted": False,
            "secretVersion": None,
            "liveEventsConfig": {},
            "createdAt": _LONG_AGO,
            "updatedAt": _LONG_AGO,
        },
        "consentManagementMetadata": {"providers": []},
    }
