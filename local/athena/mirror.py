"""A local copy of the part of the bucket that the lake's tables read."""

from pathlib import Path

from headwater.errors import DependencyError
from headwater.lake.schema import TABLES
from headwater.ports import ObjectStore

from local.presence import is_there


def mirror(store: ObjectStore, directory: Path) -> None:
    """Make the directory hold what the tables' prefixes hold: fetch what is new, remove what is gone.

    An object never changes under its key except to be written again with the same lines, so a local
    file of the same size is not fetched again.
    """
    # What the compactor moves meanwhile is in another table, which may have been listed before.
    while not all(_mirrored(store, table.prefix, directory) for table in TABLES):
        pass


def _mirrored(store: ObjectStore, prefix: str, directory: Path) -> bool:
    """Mirror one prefix; whether everything listed was there still when it was fetched."""
    wanted = {entry.key: entry.size for entry in store.list(prefix)}
    for path in directory.joinpath(prefix).rglob("*.*"):
        if str(path.relative_to(directory)) not in wanted:
            path.unlink()
    for key, size in wanted.items():
        path = directory / key
        if not path.exists() or path.stat().st_size != size:
            path.parent.mkdir(parents=True, exist_ok=True)
            if not _fetched(store, key, path):
                return False
    return True


def _fetched(store: ObjectStore, key: str, path: Path) -> bool:
    try:
        store.download(key, path)
    except DependencyError:
        if is_there(store, key):
            raise
        return False
    return True
