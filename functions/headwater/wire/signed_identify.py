"""Whether an event's user id is proven, and what becomes of one that is not.

A page's key is public, so anyone can send `identify` with somebody else's user id. With a token that
the site's own server signed, nobody can. A server's key is a secret, and its word is taken.
"""

from collections.abc import Mapping, Sequence
from copy import replace
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from headwater.errors import DependencyError
from headwater.ports import Secrets
from headwater.record import StoredEvent
from headwater.wire.user_token import proves
from headwater.workspace import Signing


@dataclass(frozen=True)
class Proof:
    """The judge of one request: its keys are read at its first token, and once."""

    signing: Signing
    secrets: Secrets
    now: datetime

    def judge(self, event: StoredEvent, item: Mapping[str, Any]) -> StoredEvent:
        """Mark a proven user id; under `enforce`, put one that is not beside the event.

        `item` is the event as it was sent, whose token is stored nowhere. A user id that is put
        aside is kept as `enrichment.claimedUserId` and links nobody.
        """
        identity = event.identity
        if event.source.kind == "server" or identity.user_id is None:
            return event
        token = _token(item)
        proven = token is not None and proves(
            token,
            keys=self._keys,
            user_id=identity.user_id,
            anonymous_id=identity.anonymous_id,
            source_id=event.source.id,
            now=self.now,
        )
        if proven:
            return replace(event, identity=replace(identity, proven=True))
        return unproven(event) if self.signing.mode == "enforce" else event

    @cached_property
    def _keys(self) -> Sequence[bytes]:
        """Read the keys there are. One that cannot be read proves nothing, and loses nothing."""
        keys = []
        for name in self.signing.secret_names:
            try:
                keys.append(self.secrets.get(name).get_secret_value().encode())
            except DependencyError:
                continue
        return keys


def unproven(event: StoredEvent) -> StoredEvent:
    """Put a page's user id beside the event, where it links nobody; a server's word is taken."""
    if event.source.kind == "server" or event.identity.user_id is None:
        return event
    return replace(
        event,
        user_id=None,
        identity=replace(event.identity, user_id=None),
        enrichment={**event.enrichment, "claimedUserId": event.user_id},
    )


def _token(item: Mapping[str, Any]) -> object:
    context = item.get("context")
    return context.get("userToken") if isinstance(context, dict) else None
