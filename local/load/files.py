"""Lines of many files, gzipped or plain, each with where it stands."""

import glob
import gzip
import io
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, cast

_GZIP = b"\x1f\x8b"
# A collector takes events of 32 KB; a line longer than this is no event and is not held in memory.
MAX_LINE_BYTES = 1024 * 1024


class FilesError(Exception):
    """Files that cannot be read; the message names them."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line: of which file, which in it (from 1), its bytes, and whether its end was cut off."""

    file: Path
    number: int
    content: bytes
    too_long: bool = False


def matching(patterns: Sequence[str]) -> list[Path]:
    """Return the files of all patterns, each once, in the order of their names; `**` goes deeper."""
    found = {
        Path(name)
        for pattern in patterns
        for name in glob.glob(pattern, recursive=True)  # noqa: PTH207 - patterns may be absolute
    }
    files = sorted(path for path in found if path.is_file())
    if not files:
        raise FilesError(f"no file matches {' '.join(patterns)}")
    return files


def lines(file: Path) -> Iterator[Line]:
    """Return the file's lines that are not blank. Raises `FilesError` where it breaks off."""
    with _opened(file) as plain:
        try:
            yield from _numbered(file, plain)
        except (OSError, EOFError, zlib.error) as error:
            raise FilesError(f"{file}: {error}") from None


@contextmanager
def text(file: Path) -> Iterator[IO[str]]:
    """Open a file for a reader of text, as CSV's; a byte order mark is no part of it."""
    with (
        _opened(file) as plain,
        io.TextIOWrapper(plain, encoding="utf-8-sig", newline="") as opened,
    ):
        yield opened


def _opened(file: Path) -> IO[bytes]:
    with file.open("rb") as raw:
        packed = raw.read(2) == _GZIP
    return cast("IO[bytes]", gzip.open(file, "rb")) if packed else file.open("rb")


def count(files: Sequence[Path]) -> int:
    """Return how many lines the files have, for a progress bar; what breaks off counts as it is."""
    total = 0
    for file in files:
        try:
            total += sum(1 for _ in lines(file))
        except FilesError:
            continue
    return total


def _numbered(file: Path, plain: IO[bytes]) -> Iterator[Line]:
    number = 0
    while content := plain.readline(MAX_LINE_BYTES + 1):
        number += 1
        too_long = len(content) > MAX_LINE_BYTES
        while too_long and not content.endswith(b"\n"):
            if not (rest := plain.readline(MAX_LINE_BYTES + 1)):
                break
            content = content[:1024] + rest[-1:]
        if content.strip():
            yield Line(file, number, content[:1024] if too_long else content.strip(), too_long)
