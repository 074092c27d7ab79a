"""Where it came from: the connection's address for a browser, the caller's word for a server.

A browser cannot be believed about its own address, except when it asks for less: `0.0.0.0` is
Segment's documented way to send none, and Jitsu's clients say it in `X-IP-Policy`. Docs: Segment's
spec, context, read 2025-11-07; the reference 4.1 and 11.6.
"""

from copy import replace
from ipaddress import IPv4Address, ip_address

from headwater.enrichments.finding import text_at
from headwater.record import StoredEvent
from headwater.wire.request import Received

_NONE = frozenset({"0.0.0.0", "::"})  # noqa: S104 - a value clients send, not an address we bind


def address(event: StoredEvent, received: Received) -> StoredEvent:
    """Set `context.ip`; a server's event has the one its caller gave, or none."""
    if event.source.kind == "server" or text_at(event.context, "ip") in _NONE:
        return event
    kept = _policy(received.address, received.headers.get("x-ip-policy", ""))
    others = {name: value for name, value in event.context.items() if name != "ip"}
    return replace(event, context=others if kept is None else {**others, "ip": kept})


def _policy(found: str | None, policy: str) -> str | None:
    if found is None or policy.lower() == "remove":
        return None
    if policy.lower() == "striplastoctet":
        parsed = ip_address(found)
        # An IPv6 network of a household is its first 48 bits.
        bits = 8 if isinstance(parsed, IPv4Address) else 80
        return str(ip_address(type(parsed)(int(parsed) >> bits << bits)))
    return found
