"""Where the lake lives in the bucket: the one place that spells the keys its tables read.

`dt` and `hr` are UTC. Under `raw/` and `rejected/` they say when a line arrived; under `events/`, `dt` is
the date the collector received the event (design 8). The template's lifecycle rules name the same
prefixes.
"""

from collections.abc import Iterable
from datetime import UTC, date, datetime
from hashlib import sha256

RAW = "raw/"
REJECTED = "rejected/"
EVENTS = "events/"
COPIES = "event_copies/"
IDENTITY_CHANGES = "identity_changes/"
ARCHIVE = "archive/"
FAILED = "failed/"
LEASES = "leases/"
SWAPS = "swaps/"

# Written by others, under keys of their own; named here because the template is checked against these.
SPILL = "spill/"
SPILL_DONE = "spill-done/"
UNDELIVERABLE = "undeliverable/"
DELIVERIES = "deliveries/"


def raw_key(arrived_at: datetime, shard: str, first: str, last: str) -> str:
    """Return where accepted lines land: by arrival hour, shard and sequence numbers."""
    return f"{RAW}{_hour(arrived_at)}/{shard}-{first}-{last}.ndjson.gz"


def rejected_key(arrived_at: datetime, shard: str, first: str, last: str) -> str:
    """Return where the rejected lines of the same records land."""
    return f"{REJECTED}{_hour(arrived_at)}/{shard}-{first}-{last}.ndjson.gz"


def archive_key(raw: str) -> str:
    """Return where a raw object goes once its events are in Parquet: kept for replay and rebuild."""
    return ARCHIVE + raw


def parquet_key(received_on: date, inputs: Iterable[str]) -> str:
    """Return the Parquet file's key, computed from the raw keys it was made of.

    Making it again from the same inputs gives the same key, so a repeat can only write the same file.
    """
    return f"{EVENTS}dt={received_on.isoformat()}/{fingerprint(inputs)}.parquet"


def copies_key(received_on: date, inputs: Iterable[str]) -> str:
    """Return where the copies are kept that were dropped on the way to that Parquet."""
    return f"{COPIES}dt={received_on.isoformat()}/{fingerprint(inputs)}.parquet"


def swap_key(new: str) -> str:
    """Return where a roll-up writes down which files its new file is to replace."""
    return f"{SWAPS}{new.removeprefix(EVENTS).removesuffix('.parquet')}.json"


def unreadable_key(arrived_on: date, inputs: Iterable[str]) -> str:
    """Return where the compactor sets aside raw lines that are no stored event."""
    return f"{FAILED}compactor/dt={arrived_on.isoformat()}/{fingerprint(inputs)}.ndjson.gz"


def identity_changes_key(changed_at: datetime, batch: str) -> str:
    """Return where a batch of identity changes lands; `batch` names the batch, so a retry rewrites it."""
    return f"{IDENTITY_CHANGES}dt={_day(changed_at)}/{batch}.ndjson.gz"


def fingerprint(inputs: Iterable[str]) -> str:
    """Return 32 hex characters that stand for a set of keys, whatever their order."""
    return sha256("\n".join(sorted(inputs)).encode()).hexdigest()[:32]


def _day(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%d")


def _hour(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("dt=%Y-%m-%d/hr=%H")
