"""Webhook: the whole event, as it is stored, to a URL of your own, signed.

Limits: one event a request; the answer must come within eight seconds; 2xx is success, 410 means
never again for this event, 401 and 403 wait for somebody to act.
Signature: `X-Signature` is the hex HMAC-SHA1 of the exact body with the shared secret, as Segment's
webhook sends it, and `X-Signature-256` is the same with SHA-256, for receivers that may choose.
`Idempotency-Key` is the messageId, so a receiver can tell a retry from a second event.
Source: segmentio/action-destinations, destinations/webhook, read 2026-08-21.
"""

import hmac
from collections.abc import Mapping, Sequence

import orjson
from pydantic import Field, SecretStr

from headwater.destination import Destination, Request
from headwater.destination.message_id import as_header
from headwater.destination.own_address import OwnAddress
from headwater.record import StoredEvent


class Settings(OwnAddress):
    """Where to send, what to sign with. `allow_private_addresses` is for receivers inside your network."""

    shared_secret: SecretStr | None = None
    headers: Mapping[str, SecretStr] = Field(default_factory=dict)


def build(event: StoredEvent, settings: Settings) -> Sequence[Request]:
    """Send the stored event, personId included."""
    body = orjson.dumps(event.to_json())
    headers = {
        **{name: value.get_secret_value() for name, value in settings.headers.items()},
        "Content-Type": "application/json",
        "Idempotency-Key": as_header(event.message_id),
        **_signatures(body, settings.shared_secret),
    }
    return [
        Request(
            url=settings.url.get_secret_value(),
            headers=headers,
            content=body,
            allow_private_addresses=settings.allow_private_addresses,
        )
    ]


def _signatures(body: bytes, secret: SecretStr | None) -> Mapping[str, str]:
    if secret is None:
        return {}
    key = secret.get_secret_value().encode()
    return {
        "X-Signature": hmac.digest(key, body, "sha1").hex(),
        "X-Signature-256": hmac.digest(key, body, "sha256").hex(),
    }


DESTINATION = Destination(
    slug="webhook",
    name="Webhooks",
    aliases=("Webhook", "Webhooks (Actions)"),
    docs="https://segment.com/docs/connections/destinations/catalog/actions-webhook/",
    settings=Settings,
    dedup="`Idempotency-Key`",
    build=build,
)
