"""A bucket as a directory: the same keys as paths, for the lake without an emulator."""

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from headwater.errors import DependencyError
from headwater.ports import StoredObject


class DirectoryStore:
    """`ports.ObjectStore` over a directory; one process at a time."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def put(self, key: str, body: bytes, *, if_absent: bool = False) -> bool:
        """Write the object; with `if_absent`, False when the key exists already."""
        path = self._path(key)
        if if_absent and path.exists():
            return False
        path.write_bytes(body)
        return True

    def get(self, key: str) -> bytes:
        """Read a whole object."""
        try:
            return (self.root / key).read_bytes()
        except FileNotFoundError as error:
            raise DependencyError("no such object") from error

    def list(self, prefix: str) -> Iterator[StoredObject]:
        """List the objects whose key starts with the prefix, in key order."""
        folder = self.root / prefix.rpartition("/")[0]
        for path in sorted(path for path in folder.rglob("*") if path.is_file()):
            status = path.stat()
            yield StoredObject(
                str(path.relative_to(self.root)),
                status.st_size,
                datetime.fromtimestamp(status.st_mtime, UTC),
            )

    def move(self, key: str, to: str) -> None:
        """Move the object to another key."""
        (self.root / key).replace(self._path(to))

    def delete(self, key: str) -> None:
        """Delete the object; deleting what is gone is no fault."""
        (self.root / key).unlink(missing_ok=True)

    def download(self, key: str, path: Path) -> None:
        """Copy an object to a local file."""
        shutil.copyfile(self.root / key, path)

    def upload(self, path: Path, key: str, *, if_absent: bool = False) -> bool:
        """Copy a local file to the object; with `if_absent`, False when the key exists already."""
        if if_absent and (self.root / key).exists():
            return False
        shutil.copyfile(path, self._path(key))
        return True

    def _path(self, key: str) -> Path:
        path = self.root / key
        path.parent.mkdir(parents=True, exist_ok=True)
        return path
