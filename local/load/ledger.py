"""How far a load got, in a file: so many lines of each file are answered for.

A file is known by its path and size; one that has changed since begins anew, which is harmless: the
same lines have the same messageIds.
"""

import json
from hashlib import sha256
from pathlib import Path

from local.places import STATE


class Ledger:
    """What was answered for, written after each batch."""

    def __init__(self, path: Path) -> None:
        """Read what is there; a file that was cut off while it was written counts as none."""
        self.path = path
        try:
            self._done: dict[str, int] = json.loads(path.read_text(encoding="utf-8"))
        except (FileNotFoundError, json.JSONDecodeError):
            self._done = {}

    def done(self, file: Path) -> int:
        """Return the number of the last line that is answered for."""
        return self._done.get(_known_by(file), 0)

    def note(self, file: Path, number: int) -> None:
        """Write down that everything up to this line is answered for."""
        self._done[_known_by(file)] = number
        self.path.parent.mkdir(parents=True, exist_ok=True)
        beside = self.path.with_suffix(".new")
        beside.write_text(json.dumps(self._done), encoding="utf-8")
        beside.replace(self.path)  # whole or not at all


def place(url: str, key: str, what: str) -> Path:
    """Return where the ledger of these files into this source is; the key is in it as a digest."""
    return STATE / "load" / f"{sha256('|'.join((url, key, what)).encode()).hexdigest()[:16]}.json"


def _known_by(file: Path) -> str:
    return f"{file.resolve()}|{file.stat().st_size}"
