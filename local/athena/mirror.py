"""A local copy of the part of the bucket that the lake's tables read."""

from pathlib import Path

from headwater.lake.schema import TABLES
from headwater.ports import ObjectStore


def mirror(store: ObjectStore, directory: Path) -> None:
    """Make the directory hold what the tables' prefixes hold: fetch what is new, remove what is gone.

    An object never changes under its key except to be written again with the same lines, so a local
    file of the same size is not fetched again.
    """
    for table in TABLES:
        wanted = {entry.key: entry.size for entry in store.list(table.prefix)}
        for path in directory.joinpath(table.prefix).rglob("*.*"):
            if str(path.relative_to(directory)) not in wanted:
                path.unlink()
        for key, size in wanted.items():
            path = directory / key
            if not path.exists() or path.stat().st_size != size:
                path.parent.mkdir(parents=True, exist_ok=True)
                store.download(key, path)
