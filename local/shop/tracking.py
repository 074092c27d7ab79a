"""What the shop's own server says to the collector, with Segment's own Python client and server key.

The founding paper's sixth essential: events that must not be lost to a blocker are sent from the
server, and an identify is sent from both sides, with the same user id.
"""

from collections.abc import Mapping
from typing import Any

from segment.analytics.client import Client

from local.shop.accounts import Account


class Tracking:
    """The shop server's voice; it never makes a visitor wait."""

    def __init__(
        self, *, write_key: str, host: str, send: bool = True, on_error: Any = None
    ) -> None:
        """Send to this host, a path of ours included, under the server source's key."""
        self._client = Client(
            write_key=write_key,
            host=host,
            send=send,
            on_error=on_error,
            upload_interval=0.2,
            timeout=10,
        )
        self._sent: list[dict[str, Any]] = []

    def signed_up(self, account: Account, *, anonymous_id: str | None) -> None:
        """Tell who the new customer is, and that their account was made by signing up.

        The device's anonymous id goes along, so the link survives a browser that blocks its own.
        """
        user_id = account.user_id
        say = self._client
        self._keep(say.identify(user_id, account.traits, anonymous_id=anonymous_id))
        for event, properties in (
            ("Account Created", {"account_name": account.company or account.name}),
            ("Signed Up", {"type": "organic"}),
        ):
            self._keep(say.track(user_id, event, properties, anonymous_id=anonymous_id))

    def nightly(self, user_id: str) -> None:
        """Tell what a nightly job found out: no visitor, no browser, no device."""
        self._keep(
            self._client.track(
                user_id, "Loyalty Points Calculated", {"points": 120, "currency": "EUR"}
            )
        )

    def flush(self) -> None:
        """Wait until all of it has been sent."""
        self._client.flush()

    def close(self) -> None:
        """Send what is left, and end the client's thread."""
        self._client.shutdown()

    @property
    def sent(self) -> tuple[Mapping[str, Any], ...]:
        """Every message handed to the client, so a report can ask where each one went."""
        return tuple(self._sent)

    def _keep(self, enqueued: tuple[bool, dict[str, Any]]) -> None:
        _, message = enqueued
        kept = ("messageId", "type", "event", "userId", "anonymousId")
        self._sent.append({name: message.get(name) for name in kept})
