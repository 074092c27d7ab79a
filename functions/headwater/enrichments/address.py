"""Where it came from: the connection's address for a browser, the caller's word for a server.

A browser cannot be believed about its own address, except when it asks for less: `0.0.0.0` is
Segment's documented way to send none, and Jitsu's clients say it in `X-IP-Policy`. Docs: Segment's
spec, context, read 2025-11-07; the reference 4.1 and 11.6.
"""

from ipaddress import IPv4Address, ip_address

from headwater.enrichments.finding import Changes, text_at
from headwater.record import StoredEvent
from headwater.wire.request import Received

_NONE = frozenset({"0.0.0.0", "::"})  # noqa: S104 - a value clients send, not an address we bind


def address(event: StoredEvent, received: Received) -> Changes:
    """Set `context.ip`; a server's event has the one its caller gave, or none."""
    if event.source.kind == "server" or text_at(event.context, "ip") in _NONE:
        return {}
    kept = received.once(_policy, None)
    if kept is not None:
        return {"context": {**event.context, "ip": kept}}
    return {"context": {name: value for name, value in event.context.items() if name != "ip"}}


def _policy(received: Received, _: None) -> str | None:
    found = received.address
    policy = received.headers.get("x-ip-policy", "").lower()
    if found is None or policy == "remove":
        return None
    if policy == "striplastoctet":
        parsed = ip_address(found)
        # An IPv6 network of a household is its first 48 bits.
        bits = 8 if isinstance(parsed, IPv4Address) else 80
        return str(ip_address(type(parsed)(int(parsed) >> bits << bits)))
    return found
