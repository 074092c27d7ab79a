"""Raw lines once they are Parquet: kept for replay and rebuild, but not those of the suppressed."""

import gzip
from pathlib import Path

import orjson

from headwater.lake.keys import archive_key
from headwater.ports import ObjectStore
from headwater.privacy.suppressed import Suppressed
from headwater.record import StoredEvent


def archive(store: ObjectStore, key: str) -> None:
    """Move a raw object to the archive as it is."""
    store.move(key, archive_key(key))


def archive_without(store: ObjectStore, key: str, path: Path, suppressed: Suppressed) -> None:
    """Archive a raw object, of which `path` is a copy, without the lines of the suppressed.

    A crash in between leaves both, and what is repeated writes the same.
    """
    kept = path.with_suffix(".kept")
    if not _leave_out(path, kept, suppressed):
        archive(store, key)
        return
    store.upload(kept, archive_key(key))
    store.delete(key)


def _leave_out(path: Path, kept: Path, suppressed: Suppressed) -> int:
    """Write the lines that may be kept to a file; return how many may not."""
    left_out = 0
    with gzip.open(path) as lines, gzip.GzipFile(kept, "wb", mtime=0) as rest:
        for line in lines:
            if _is_of(line, suppressed):
                left_out += 1
            else:
                rest.write(line)
    return left_out


def _is_of(line: bytes, suppressed: Suppressed) -> bool:
    try:
        return suppressed.concerns(StoredEvent.from_json(orjson.loads(line)))
    except (AttributeError, KeyError, TypeError, ValueError):
        return False  # set aside in `failed/`, with its reason
