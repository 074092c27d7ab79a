"""What is left of a request when it is done: that it was, when, and how much of what; nobody's name.

Signed with the key of the suppression list, which only this deployment has: `verified` tells a receipt
that was written here from one that was not, or was changed since.
"""

import hmac
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

import orjson

from headwater.erasure.ledger import Job

VERSION = 1
_PURPOSE = b"headwater receipt v1\n"


def receipt(job: Job, *, key: bytes) -> dict[str, Any]:
    """Write the receipt of a job that is done."""
    person = job.person
    said: dict[str, Any] = {
        "receipt": VERSION,
        "requestId": job.id,
        "kind": job.kind.value,
        "outcome": f"refused: {job.reason}" if job.status == "refused" else "done",
        "requestedAt": job.requested_at,
        "firstPassAt": job.first_pass_at or None,
        "finishedAt": job.finished_at,
        "ids": {
            "users": len(person.users) if person else 0,
            "devices": len(person.devices) if person else 0,
            "sharedDevices": len(person.shared) if person else 0,
        },
        "suppressed": job.kind.suppresses_for_good,
        "stores": {name: dict(counts) for name, counts in sorted(job.counts.items())},
        "destinations": dict(sorted(job.destinations.items())),
    }
    return {**said, "digest": _digest(said, key)}


def verified(written: Mapping[str, Any], *, key: bytes) -> bool:
    """Tell whether the receipt is as this deployment wrote it; without a key nothing is."""
    if not key:
        return False
    said = {name: value for name, value in written.items() if name != "digest"}
    return hmac.compare_digest(str(written.get("digest", "")), _digest(said, key))


def _digest(said: Mapping[str, Any], key: bytes) -> str:
    content = orjson.dumps(said, option=orjson.OPT_SORT_KEYS)
    return "hmac-sha256:" + hmac.digest(key, _PURPOSE + content, sha256).hex()
