"""An event of somebody who wants to be nobody: counted for a day, tied to nobody, ever.

The visitor's id is a hash of a salt that lives for a day, and of nothing finer than a network and a
browser's family. With the salt deleted the id says nothing, even to us: who has the salt could try
every address. Prior art and numbers: the privacy reference, 4.4.
"""

import hmac
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from datetime import UTC, datetime
from hashlib import sha256
from ipaddress import IPv4Address, ip_address
from typing import Any

PREFIX = "cl_"

# What an event may have that names nobody; everything else at its top is an id or may hold one.
_NAMELESS = (
    "type", "event", "name", "category", "properties", "context", "integrations", "messageId",
    "timestamp", "originalTimestamp", "sentAt",
)  # fmt: skip
_ABOUT_A_PERSON = frozenset({"identify", "group", "alias"})
# Parts of the context in which clients put ids of a person, a device or a session.
NAMING_CONTEXT = frozenset(
    {
        "ip", "traits", "device", "externalIds", "clientIds", "sessionId", "sessionStart", "groupId",
        "userToken", "network", "location", "amp", "cookies", "ids",
    }
)  # fmt: skip


def says_only_who(type_: object) -> bool:
    """Tell whether an event of this type says who somebody is and nothing else."""
    return type_ in _ABOUT_A_PERSON


def without_ids(item: Mapping[str, Any]) -> dict[str, Any]:
    """Return the event as sent, without every field at its top that holds a client's id."""
    return {name: item[name] for name in _NAMELESS if name in item}


def visitor_id(
    salts: Mapping[str, bytes],
    *,
    at: datetime,
    source_id: str,
    address: str | None,
    browser: str,
    site: str,
) -> str | None:
    """Return the visitor's id of this day; None without the day's salt or an address."""
    salt = salts.get(f"{at.astimezone(UTC):%Y-%m-%d}")
    network = truncated(address)
    if salt is None or network is None:
        return None
    known = "\0".join((source_id, network, browser, site)).encode("utf-8", "surrogatepass")
    return PREFIX + urlsafe_b64encode(hmac.digest(salt, known, sha256)).decode()[:22]


def truncated(address: str | None) -> str | None:
    """Return the network of an address: 24 bits of IPv4, 48 of IPv6, a household or a street."""
    try:
        parsed = ip_address(address or "")
    except ValueError:
        return None
    bits = 8 if isinstance(parsed, IPv4Address) else 80
    return str(ip_address(type(parsed)(int(parsed) >> bits << bits)))
