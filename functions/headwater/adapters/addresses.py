"""Where a connection may go: a host's addresses, resolved, all checked, and one of them pinned.

The check is made on the very address that is connected to, for each new connection, so a name that
answers differently the second time (DNS rebinding) gains nothing.
"""

import socket
from collections.abc import Callable
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

# Public by Python's list, and yet inside somebody's network: NAT64 and 6to4 wrap any IPv4 address.
_WRAPPED = (ip_network("64:ff9b::/96"), ip_network("2002::/16"))

type Resolve = Callable[[str, int], list[str]]


class AddressRefusedError(Exception):
    """A host that resolves, wholly or in part, to an address we must not call."""


def resolve(host: str, port: int) -> list[str]:
    """Ask the system for every address of the host, in its order of preference."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(address[0]) for *_, address in found]


def checked(host: str, port: int, *, allow_private: bool, resolve: Resolve = resolve) -> list[str]:
    """Return the host's addresses, or raise AddressRefusedError when one of them is not public.

    Refused: private, loopback, link-local (so AWS's metadata address), shared, reserved, multicast
    and unspecified addresses, in IPv4, IPv6 and IPv4 wrapped in IPv6. Raises OSError when the name
    is unknown.
    """
    addresses = resolve(host, port)
    if not allow_private and not all(is_public(address) for address in addresses):
        raise AddressRefusedError
    return addresses


def is_public(address: str) -> bool:
    """Tell whether an address belongs to the open internet."""
    parsed = ip_address(address.partition("%")[0])
    if isinstance(parsed, IPv6Address):
        if parsed.ipv4_mapped is not None:
            return is_public(str(parsed.ipv4_mapped))
        if any(parsed in network for network in _WRAPPED):
            return False
    return _is_global(parsed)


def _is_global(address: IPv4Address | IPv6Address) -> bool:
    return address.is_global and not address.is_multicast and not address.is_reserved
