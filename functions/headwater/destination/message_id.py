"""The messageId in the form a vendor takes it: the same one always makes the same."""

from hashlib import sha256
from uuid import NAMESPACE_URL, UUID, uuid5


def as_uuid(message_id: str) -> str:
    """Return the messageId itself when it is a UUID, else one made of it."""
    try:
        return str(UUID(message_id))
    except ValueError:
        return str(uuid5(NAMESPACE_URL, f"messageId:{message_id}"))


def as_header(message_id: str) -> str:
    """Return the messageId itself, or its SHA-256 where a header cannot hold it (RFC 9110, 5.5)."""
    if len(message_id) <= 100 and message_id.isascii() and message_id.isprintable():
        return message_id
    return digest(message_id)


def digest(message_id: str) -> str:
    """Return the messageId's SHA-256, in 64 hex digits."""
    return sha256(message_id.encode("utf-8", "surrogatepass")).hexdigest()
