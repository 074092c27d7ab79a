"""Where an id is still found, in any form: raw bytes, gunzipped, Parquet columns, base64 in JSON.

Written without a word of the code it watches over.
"""

import base64
import binascii
import gzip
import json
import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import duckdb

_ESCAPED = re.compile(rb"\\u([0-9a-fA-F]{4})")


def found(contents: Iterable[tuple[str, bytes]], ids: Iterable[str], directory: Path) -> list[str]:
    """Return the places where one of the ids stands as a whole word."""
    text = b"|".join(re.escape(id_.encode()) for id_ in ids)
    pattern = re.compile(rb"(?<![\w.-])(?:" + text + rb")(?![\w-])")
    return sorted(
        {
            f"{name}: {match[0].decode()}"
            for name, body in contents
            for form in forms(body, directory)
            if (match := pattern.search(form))
        }
    )


def forms(body: bytes, directory: Path) -> Iterator[bytes]:
    """Return the content in every form that somebody could read."""
    yield body
    if body[:2] == b"\x1f\x8b":
        yield from forms(gzip.decompress(body), directory)
    if body[:4] == b"PAR1":
        path = directory / "scanned.parquet"
        path.write_bytes(body)
        with duckdb.connect() as connection:
            rows = connection.execute("SELECT * FROM read_parquet(?)", [str(path)]).fetchall()
        yield json.dumps(rows, default=str, ensure_ascii=False).encode()
    for data in re.findall(rb'"data\\?": ?\\?"([A-Za-z0-9+/=]{8,})', body):
        with suppress(binascii.Error):  # any text may stand there
            yield base64.b64decode(data)
    if b"\\u" in body:
        yield _ESCAPED.sub(lambda found: chr(int(found[1], 16)).encode("utf-8", "replace"), body)


def of_items(items: Iterable[Any]) -> Iterator[tuple[str, bytes]]:
    """Return the items of a table as contents."""
    for item in items:
        plain = {k: sorted(v) if isinstance(v, set | frozenset) else v for k, v in item.items()}
        yield f"table {item['pk'][:2]}", json.dumps(plain, default=str).encode()
